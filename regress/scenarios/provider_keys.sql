-- SPDX-License-Identifier: Apache-2.0
-- provider_keys.sql: the public keys in the documents of providers. Certificates made for this: one and
-- two sign, one in 2026, two from June 2026 to the end of 2027; enc is for encryption, ec has a key of
-- P-256, weak one of 1024 bits; spki and pkcs1 are public keys alone.
CREATE TABLE made (name text, base64 text);
INSERT INTO made VALUES ('one', 'MIIC2jCCAcKgAwIBAgIUByZQw1EPUSfYpwuouR+xn/ENUKMwDQYJKoZIhvcNAQELBQAwJzElMCMGA1UEAwwcQURGUyBTaWduaW5nIC0gc3RzLmV4YW1wbGUgMTAeFw0yNjAxMDEwMDAwMDBaFw0yNzAxMDEwMDAwMDBaMCcxJTAjBgNVBAMMHEFERlMgU2lnbmluZyAtIHN0cy5leGFtcGxlIDEwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQDXa3ma+kQlmvUfTJsPotg1ZzgkNpENUF6cgN4pM4t76jGlPGozx/HtGJIjVn4KcHM1+pSDggZ14chNGYVbb3KM5jicoOQ8aSnYLatFUwF5RWv8uGEBpsWLvHWclF165DTXQ37xwkhk1tHFbXecU6iydZLvb/DvJu69q9LPz+GGKgIQ4H28nXCa3PZr6iblacxF3hJhG7IJjaSCaATJwuKUq3HyvDOkw9FPiS7MVVKbyYLGZEnLFvSp5oC1EjnU2er0G/IQ/TGdO5eAYiW/R9XCHzeLwr6lsVJ5o+I51/hIXOnv9DNBD+2BsXUsdPDcUccYjmQrum+anJx30Mt2KAsFAgMBAAEwDQYJKoZIhvcNAQELBQADggEBAF0t/gG8a4zxx7R8WwJoQgtgUC3h9mU9gSy8Mxdy6/JSIvtVtWEYpnkHfh2flIFXnzodfx310vvfynbW2r72LqQB6LCC1dktbvwwqdkXG/gpJewsXB+JxoRgEmPuoBQ6vmZVuqTXKOiQYKP9S1L6lk89666jqzU0M8ED33Ton23NqRLZh9AkEeb3ROjRipEm+gq2yQfASEXONgBnvVEhycWhvDylNzYnHJgb+gs4CpqGZMz4xFkrpJAOzIFt8jflGOvfBvXoWUH1rRw7lY1Vir+TXclx6lMDJGkNnsGWS9P9VeGIdob0uIyuxXXaAeMTOPyfWj8HgkmWMyi7jNjIbA8=');
INSERT INTO made VALUES ('two', 'MIIC2jCCAcKgAwIBAgIUTyEZWJHLZIEkLERyatUPY2e7m1kwDQYJKoZIhvcNAQELBQAwJzElMCMGA1UEAwwcQURGUyBTaWduaW5nIC0gc3RzLmV4YW1wbGUgMjAeFw0yNjA2MDEwMDAwMDBaFw0yODAxMDEwMDAwMDBaMCcxJTAjBgNVBAMMHEFERlMgU2lnbmluZyAtIHN0cy5leGFtcGxlIDIwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQCzT2P9bNZWGl3UrVjOqMi4g086+ag9dTRtJUNclo2cGtjERkrVhW7KIJ3SCmtjcXtWW2zcIhDpi5E+ZbRfgxiygcHlOnskKMyB+RtutQkOvfjtYO/uxYf0MyteCdP4R7YU4AaJdfXDOTBtM2ZyUIY6CGQWq4IJ+KYi0Bw+8wLyGas6sN3Wd94rfK19Fyzh1uHIjAr2tiTsj/xotqa9owOncudZKmd/zz4GyKlSFX9orQKQuzdD/FfRBYJEdlRzuhxuFd1V7VqKGmjKwuEqppEtmUeDQILGjIHCGWjRXLyXD54Y7l/twmuK4VsbxOUn/dtCpTHsr5GvEN9EVFts1y89AgMBAAEwDQYJKoZIhvcNAQELBQADggEBADG3JE6sBWF6WFqRTiDE8wfp+ojCLpCFN8gW8ZcpNQGKfRJQ/iv1cLtHWBqAZ89e77G1CArjW/4+r/w9ZiMEeBo5f4HkAKz79LgQLpn0PawO4O8rEStEe0uaE33ioIZN/eoGqVq13IbseCetX080gReTXIFoN5ggiKXkyyt2T2O7gqzQXIs/0sdkZ1MXaeCbH00GGUSZ+f2/tWJ4sWTtxDQz6JdfMnfTKUl3MSnxj4M2wZiH1jZWx+sv/1HjzkoGI/L61ekjy9D83NjbW9Gr1caNehnyeq4nV+8M7LPzO7rzv16P+krqU3qIplWByH9zww9OpQUxiSdq1N5b+WVgDG0=');
INSERT INTO made VALUES ('enc', 'MIIC3DCCAcSgAwIBAgIUWbraMmskD0cM7NbxbIuAi2l1GgwwDQYJKoZIhvcNAQELBQAwKDEmMCQGA1UEAwwdQURGUyBFbmNyeXB0aW9uIC0gc3RzLmV4YW1wbGUwHhcNMjYwMTAxMDAwMDAwWhcNMjcwMTAxMDAwMDAwWjAoMSYwJAYDVQQDDB1BREZTIEVuY3J5cHRpb24gLSBzdHMuZXhhbXBsZTCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBAJB9P4LadqsN+xmO4zhGp5geiNPFjwwYPGq3uVPIxT+O0Tb0ydB8SXWPGZTj5UC5r1VFZ6BBEF7P4Alz70WORZUnCmCqzBhi+TJhAmyd5my0+1gi4wmtm5VDr7t6vW5Psoo2MNQ93B0gWX+jm8ohA5iagIg9uudvGndA2+0ZZVGZNJs4EL0yau6r/kxxpDYTZjxlIA1GUk5fBvOvBQtOFiZl5j2qR0JLg07UpO1+TPT9K7OJeDTFz/MUyBCQgP5y8HuHSCbbjCZy2U/ta6XdfMzMzEntSJ3ZGbqJrhIDU2969vm0x2/cJ27UbWdF9jQMMCZNA3XDMLMDxncWJTh1P6ECAwEAATANBgkqhkiG9w0BAQsFAAOCAQEAHMGLgr1JFTXPEWSKhWua6sNElpIyaCyAAhFbDGY6vdJuwj/hJlzNhMWkSpTmg48ypKGv5+UZMfwD883O6GDtfkSTeVCYvDrP/6N6nJP7kWKaB1Nw5trzOXSN9841W8IJCJYjWoVwEXyDc4kaO+vv+zx++pLjoCWws2rqTIjseFhwjYraRokgBE920DSWF1bqUV8Y1+b6D3OEUaQNSE5p3DBRERjUAvRataLYjAH1YLB3qXNrx1qj01WZM5Sing8S9glwV1TpeEmxDgRMMyLV3YUBiA6YqPII7NC1ECWa3KIdkHiKByPgYninATB2aDqpTiUlvwm2CZIq6Jgq2A748A==');
INSERT INTO made VALUES ('ec', 'MIIBGTCBwKADAgECAhQ7AUWonYlHFE+bd/amTRDGNS2U9TAKBggqhkjOPQQDAjANMQswCQYDVQQDDAJlYzAeFw0yNjAxMDEwMDAwMDBaFw0yNzAxMDEwMDAwMDBaMA0xCzAJBgNVBAMMAmVjMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE1Jj/2HpghXjKepHlso/urIjxIav63OOrljfXFTG6u7O1lL2y36AxBELterUeNjxBCqJ7rMwI9TPdrLHEmzbtTDAKBggqhkjOPQQDAgNIADBFAiBWCh8MIjHC6bCNNYYh5MzAgC59dVrnb2roxmpxRyE+wgIhAPadLEt7c3ujaNRQZhD7dvobhousv40YapfyiA+U+fyX');
INSERT INTO made VALUES ('weak', 'MIIBpTCCAQ6gAwIBAgIUDtBeOlHttEp5jEEwo+vtmL/64+owDQYJKoZIhvcNAQELBQAwDzENMAsGA1UEAwwEd2VhazAeFw0yNjAxMDEwMDAwMDBaFw0yNzAxMDEwMDAwMDBaMA8xDTALBgNVBAMMBHdlYWswgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBANZoaIOynGTTb7jbnP9hEdx+2RiYrWLBpqfr0KI7AU8jDheuICL0R1K9PQPhKkxDXfbbKMpDzJa7Qyp7CZwfIrgmiXT/y7R2Mny8rfakqiwQB9WhxcYhByIF9hrLPG6BN5UMNAFQiyte4mmBA2NGGafRtUg1pFIN2CI8+8MkDimtAgMBAAEwDQYJKoZIhvcNAQELBQADgYEAztEKf2UnGp87vXITEuA/YmIrI/src33HI1gOrfgk+FTSNdAq6zhNiB5rdPBxauxxgvL08n2GstF8AIyKAdhyVZvLxyRuO8IBPlcqoPUQyOYU5Q6lDWfwn37SL8pMxBPOvMG8L2STcqNZXyDIj7Ha7Tc125uCp8fGDk+BBKeJJ+g=');
INSERT INTO made VALUES ('spki_two', 'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAs09j/WzWVhpd1K1YzqjIuINPOvmoPXU0bSVDXJaNnBrYxEZK1YVuyiCd0gprY3F7Vlts3CIQ6YuRPmW0X4MYsoHB5Tp7JCjMgfkbbrUJDr347WDv7sWH9DMrXgnT+Ee2FOAGiXX1wzkwbTNmclCGOghkFquCCfimItAcPvMC8hmrOrDd1nfeK3ytfRcs4dbhyIwK9rYk7I/8aLamvaMDp3LnWSpnf88+BsipUhV/aK0CkLs3Q/xX0QWCRHZUc7ocbhXdVe1aihpoysLhKqaRLZlHg0CCxoyBwhlo0Vy8lw+eGO5f7cJriuFbG8TlJ/3bQqUx7K+RrxDfRFRbbNcvPQIDAQAB');
INSERT INTO made VALUES ('spki_ec', 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE1Jj/2HpghXjKepHlso/urIjxIav63OOrljfXFTG6u7O1lL2y36AxBELterUeNjxBCqJ7rMwI9TPdrLHEmzbtTA==');
INSERT INTO made VALUES ('pkcs1_two', 'MIIBCgKCAQEAs09j/WzWVhpd1K1YzqjIuINPOvmoPXU0bSVDXJaNnBrYxEZK1YVuyiCd0gprY3F7Vlts3CIQ6YuRPmW0X4MYsoHB5Tp7JCjMgfkbbrUJDr347WDv7sWH9DMrXgnT+Ee2FOAGiXX1wzkwbTNmclCGOghkFquCCfimItAcPvMC8hmrOrDd1nfeK3ytfRcs4dbhyIwK9rYk7I/8aLamvaMDp3LnWSpnf88+BsipUhV/aK0CkLs3Q/xX0QWCRHZUc7ocbhXdVe1aihpoysLhKqaRLZlHg0CCxoyBwhlo0Vy8lw+eGO5f7cJriuFbG8TlJ/3bQqUx7K+RrxDfRFRbbNcvPQIDAQAB');
INSERT INTO made VALUES ('spki_ed', 'MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=');
-- What a document gives: how many keys, their names, or why there are none.
CREATE TABLE document (position integer, name text, source text, body text, options jsonb);

-- ---- JSON Web Key Sets (S28) ----
INSERT INTO document SELECT 1, 'x5c alone', 'aad', '{"keys":[{"kty":"RSA","use":"sig","kid":"k1","x5c":["' || base64 || '"]}]}', NULL FROM made WHERE name = 'one';
INSERT INTO document SELECT 2, 'x5c of a weak key', 'aad', '{"keys":[{"kty":"RSA","kid":"k1","x5c":["' || base64 || '"]}]}', NULL FROM made WHERE name = 'weak';
INSERT INTO document SELECT 3, 'x5c, and n of another key', 'aad', '{"keys":[{"kty":"RSA","kid":"k1","n":"' || (provider_keys('jwks', '{"keys":[{"kty":"RSA","x5c":["' || (SELECT base64 FROM made WHERE name = 'two') || '"]}]}') -> 'keys' -> 0 ->> 'n')
    || '","e":"AQAB","x5c":["' || base64 || '"]}]}', NULL FROM made WHERE name = 'one';
INSERT INTO document SELECT 4, 'x5c, and n of the same', 'aad', '{"keys":[{"kty":"RSA","kid":"k1","n":"' || (provider_keys('jwks', '{"keys":[{"kty":"RSA","x5c":["' || base64 || '"]}]}') -> 'keys' -> 0 ->> 'n')
    || '","e":"AQAB","x5c":["' || base64 || '"]}]}', NULL FROM made WHERE name = 'one';
INSERT INTO document SELECT 5, 'x5t of another', 'aad', '{"keys":[{"kty":"RSA","kid":"k1","x5t":"AAAAAAAAAAAAAAAAAAAAAAAAAAA","x5c":["' || base64 || '"]}]}', NULL FROM made WHERE name = 'one';
INSERT INTO document SELECT 6, 'for encryption', 'jwks', '{"keys":[{"kty":"RSA","use":"enc","kid":"k1","x5c":["' || base64 || '"]}]}', NULL FROM made WHERE name = 'one';
INSERT INTO document SELECT 7, 'all kinds', 'jwks', '{"keys":[
    {"kty":"oct","kid":"secret","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr8"},
    {"kty":"EC","kid":"ec","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
    {"kty":"EC","kid":"private","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"},
    {"kty":"EC","kid":"broken","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"AA"},
    {"kty":"OKP","kid":"okp","alg":"EdDSA","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","nbf":1767225600.5,"exp":"never"},
    {"kty":"OKP","kid":"x25519","crv":"X25519","x":"3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08"},
    {"kty":"PQC","kid":"new"}, 7, null, [], {},
    {"kty":"RSA","x5c":["' || base64 || '"],"unknown":{"d":1}}]}', NULL FROM made WHERE name = 'one';
INSERT INTO document SELECT 8, 'all kinds, RSA only', source, body, '{"rsa_only":true}' FROM document WHERE name = 'all kinds';
INSERT INTO document VALUES (9, 'nothing that verifies', 'jwks', '{"keys":[{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr8"}]}', NULL);
INSERT INTO document VALUES (10, 'no keys', 'jwks', '{"keys":[]}', NULL);
INSERT INTO document VALUES (11, 'one key alone', 'jwks', '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}', NULL);
INSERT INTO document VALUES (12, 'no object', 'jwks', '[]', NULL);
INSERT INTO document VALUES (13, 'no JSON', 'jwks', '<html>', NULL);
INSERT INTO document VALUES (14, 'empty', 'jwks', '', NULL);
INSERT INTO document VALUES (15, '257 keys', 'jwks', '{"keys":[' || replace(substr('0000000000000000000000000000000000000000000000000000000000000000', 1, 64), '0', '1,1,1,1,') || '1]}', NULL);

-- ---- federation metadata ----
-- As a farm of AD FS 2019 publishes it while a signing certificate is replaced.
CREATE TABLE metadata (body text);
INSERT INTO metadata VALUES ('<?xml version="1.0" encoding="utf-8"?>
<EntityDescriptor ID="_5f0c6c2e" entityID="http://sts.example/adfs/services/trust" xmlns="urn:oasis:names:tc:SAML:2.0:metadata"><ds:Signature
xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#" /><ds:SignatureMethod
Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" /><ds:Reference URI="#_5f0c6c2e"><ds:DigestValue>AAAA</ds:DigestValue></ds:Reference></ds:SignedInfo>
<ds:SignatureValue>AAAA==</ds:SignatureValue><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{ec}</X509Certificate></X509Data></KeyInfo></ds:Signature>
<RoleDescriptor xsi:type="fed:ApplicationServiceType" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:fed="http://docs.oasis-open.org/wsfed/federation/200706"
protocolSupportEnumeration="http://docs.oasis-open.org/ws-sx/ws-trust/200512 http://schemas.xmlsoap.org/ws/2005/02/trust" ServiceDisplayName="Example &amp; Co">
<KeyDescriptor use="encryption"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{enc}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
<fed:ClaimTypesRequested><auth:ClaimType Uri="http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn" Optional="true" xmlns:auth="http://docs.oasis-open.org/wsfed/authorization/200706">
<auth:DisplayName>UPN</auth:DisplayName><auth:Description>The user principal name (UPN) of the user</auth:Description></auth:ClaimType></fed:ClaimTypesRequested>
<fed:TargetScopes><wsa:EndpointReference xmlns:wsa="http://www.w3.org/2005/08/addressing"><wsa:Address>https://sts.example/adfs/ls/</wsa:Address></wsa:EndpointReference></fed:TargetScopes></RoleDescriptor>
<RoleDescriptor xsi:type="fed:SecurityTokenServiceType" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:fed="http://docs.oasis-open.org/wsfed/federation/200706"
protocolSupportEnumeration="http://docs.oasis-open.org/wsfed/federation/200706"><KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{one}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
<fed:TokenTypesOffered><fed:TokenType Uri="urn:oasis:names:tc:SAML:2.0:assertion" /></fed:TokenTypesOffered></RoleDescriptor>
<SPSSODescriptor WantAssertionsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="encryption"><KeyInfo
xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{enc}</X509Certificate></X509Data></KeyInfo></KeyDescriptor><KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{one}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
<SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://sts.example/adfs/ls/" /></SPSSODescriptor>
<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="encryption"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{enc}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>
  {one}
</X509Certificate></X509Data></KeyInfo></KeyDescriptor><KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{two}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
<NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</NameIDFormat><Attribute Name="http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"
NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri" FriendlyName="E-Mail Address" xmlns="urn:oasis:names:tc:SAML:2.0:assertion" /></IDPSSODescriptor>
<ContactPerson contactType="support" /></EntityDescriptor>');
UPDATE metadata SET body = replace(body, '{one}', (SELECT base64 FROM made WHERE name = 'one'));
UPDATE metadata SET body = replace(body, '{two}', (SELECT base64 FROM made WHERE name = 'two'));
UPDATE metadata SET body = replace(body, '{enc}', (SELECT base64 FROM made WHERE name = 'enc'));
UPDATE metadata SET body = replace(body, '{ec}', (SELECT base64 FROM made WHERE name = 'ec'));
INSERT INTO document SELECT 16, 'AD FS', 'adfs', body, NULL FROM metadata;
INSERT INTO document SELECT 17, 'AD FS, at the moment before two begins', 'adfs', body, '{"at":"2026-05-31T23:59:59.999999Z"}' FROM metadata;
INSERT INTO document SELECT 18, 'AD FS, when two begins', 'adfs', body, '{"at":"2026-06-01T00:00:00Z"}' FROM metadata;
INSERT INTO document SELECT 19, 'AD FS, at the last moment of one', 'adfs', body, '{"at":"2026-12-31T23:59:59.999999Z"}' FROM metadata;
INSERT INTO document SELECT 20, 'AD FS, when one has ended', 'adfs', body, '{"at":"2027-01-01T00:00:00Z"}' FROM metadata;
INSERT INTO document SELECT 21, 'AD FS, when all have ended', 'adfs', body, '{"at":"2028-01-01T00:00:00Z"}' FROM metadata;
INSERT INTO document SELECT 22, 'without use', 'adfs', replace(body, ' use="encryption"', ''), NULL FROM metadata;
INSERT INTO document SELECT 23, 'another use', 'adfs', replace(body, ' use="signing"', ' use="Signing"'), NULL FROM metadata;
INSERT INTO document SELECT 24, 'use of another namespace', 'adfs', replace(body, ' use="encryption"', ' use="signing" fed:use="encryption" xmlns:fed="urn:x"'), NULL FROM metadata;
INSERT INTO document SELECT 25, 'several entities', 'adfs', '<m:EntitiesDescriptor xmlns:m="urn:oasis:names:tc:SAML:2.0:metadata"><m:EntitiesDescriptor>' || replace(body, '<?xml version="1.0" encoding="utf-8"?>', '') || '</m:EntitiesDescriptor></m:EntitiesDescriptor>', NULL FROM metadata;
INSERT INTO document SELECT 26, 'another namespace', 'adfs', replace(body, 'xmlns="urn:oasis:names:tc:SAML:2.0:metadata"', 'xmlns="urn:x"'), NULL FROM metadata;
INSERT INTO document SELECT 27, 'keys of another namespace', 'adfs', replace(body, 'http://www.w3.org/2000/09/xmldsig#', 'urn:x'), NULL FROM metadata;
INSERT INTO document SELECT 28, 'keys in an extension', 'adfs', replace(replace(body, '<IDPSSODescriptor', '<Extensions'), '</IDPSSODescriptor', '</Extensions'), NULL FROM metadata;
INSERT INTO document SELECT 29, 'another encoding is said', 'adfs', replace(body, 'encoding="utf-8"', 'encoding="UTF-16"'), NULL FROM metadata;
INSERT INTO document SELECT 30, 'CDATA and references', 'adfs', replace(body, '<X509Certificate>MII', '<X509Certificate><!-- x --><![CDATA[M]]>I&#73;'), NULL FROM metadata;
INSERT INTO document SELECT 31, 'one is no certificate', 'adfs', replace(body, (SELECT base64 FROM made WHERE name = 'one'), 'AAAA'), NULL FROM metadata;
INSERT INTO document SELECT 32, 'RSA only', 'adfs', replace(body, (SELECT base64 FROM made WHERE name = 'one'), (SELECT base64 FROM made WHERE name = 'ec')), '{"rsa_only":true}' FROM metadata;
INSERT INTO document SELECT 33, 'any key', 'adfs', replace(body, (SELECT base64 FROM made WHERE name = 'one'), (SELECT base64 FROM made WHERE name = 'ec')), NULL FROM metadata;
INSERT INTO document SELECT 34, 'not closed', 'adfs', replace(body, '</EntityDescriptor>', ''), NULL FROM metadata;
INSERT INTO document SELECT 35, 'something behind', 'adfs', body || '<x/>', NULL FROM metadata;
INSERT INTO document SELECT 36, 'DOCTYPE', 'adfs', replace(body, '<EntityDescriptor ', '<!DOCTYPE EntityDescriptor><EntityDescriptor '), NULL FROM metadata;
INSERT INTO document SELECT 37, 'a file', 'adfs', replace(replace(body, '<EntityDescriptor ', '<!DOCTYPE EntityDescriptor [<!ENTITY x SYSTEM "file:///etc/passwd">]><EntityDescriptor '), 'AAAA', '&x;'), NULL FROM metadata;
INSERT INTO document SELECT 38, 'laughs', 'adfs', replace(replace(body, '<EntityDescriptor ',
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]><EntityDescriptor '), 'AAAA', '&d;'), NULL FROM metadata;
INSERT INTO document SELECT 39, 'an entity of nobody', 'adfs', replace(body, 'AAAA', '&x;'), NULL FROM metadata;
INSERT INTO document SELECT 40, 'XInclude', 'adfs', replace(body, '<ContactPerson contactType="support" />', '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'), NULL FROM metadata;
INSERT INTO document SELECT 41, 'deep', 'adfs', replace(body, '<ContactPerson contactType="support" />', replace('0000000000000000000000000000000000', '0', '<a>')), NULL FROM metadata;
INSERT INTO document SELECT 42, 'attributes', 'adfs', '<a ' || replace(replace('0000000000000', '0', '11111111'), '1', ' a="b"') || '/>', NULL FROM metadata;
INSERT INTO document VALUES (43, 'HTML', 'adfs', '<html xmlns="http://www.w3.org/1999/xhtml"></html>', NULL);
INSERT INTO document VALUES (44, 'no XML', 'adfs', '{"keys":[]}', NULL);
INSERT INTO document VALUES (45, 'nothing', 'adfs', '', NULL);
INSERT INTO document SELECT 46, 'above 1 MiB', 'adfs', replace(replace(replace(replace('00000000', '0', '11111111'), '1', '22222222'), '2', '33333333'), '3',
    '                                                                                                                                                                                                                                                                ') || ' ', NULL FROM metadata;

-- ---- manual ----
INSERT INTO document SELECT 47, 'one certificate', 'manual', '{"certIdFromField":false,"certificates":{"default":{"alg":"PCKS","publicKey":"-----BEGIN CERTIFICATE-----\n' || (SELECT base64 FROM made WHERE name = 'one') || '\n-----END CERTIFICATE-----\n"}}}', NULL FROM made WHERE name = 'one';
INSERT INTO document SELECT 48, 'as OpenAPI draws it', 'manual', '{"certificates":{"alg":"RSA","publicKey":"-----BEGIN PUBLIC KEY-----\n' || (SELECT base64 FROM made WHERE name = 'spki_two') || '\n-----END PUBLIC KEY-----\n","validFrom":"2026-01-01","validTill":1798761600001}}', NULL FROM made WHERE name = 'one';
INSERT INTO document SELECT 49, 'two of them', 'manual', '{"certIdFromField":true,"certIdField":"kid","certificates":{"a/b":{"alg":"PKCS","publicKey":"' || (SELECT base64 FROM made WHERE name = 'one') || '","validFrom":"2026-03-01T12:00:00.000001Z","validTill":"2030-01-01T00:00:00+01:00"},"c~d":{"alg":"RSA","publicKey":"' || (SELECT base64 FROM made WHERE name = 'spki_two') || '","validFrom":"2026-03-01T12:00:00.000001Z","validTill":"2026-03-01T12:00:00.5Z"}}}', NULL FROM made WHERE name = 'one';
INSERT INTO document SELECT 50, 'two of them, before they begin', 'manual', '{"certIdFromField":true,"certIdField":"kid","certificates":{"a/b":{"alg":"PKCS","publicKey":"' || (SELECT base64 FROM made WHERE name = 'one') || '","validFrom":"2026-03-01T12:00:00.000001Z","validTill":"2030-01-01T00:00:00+01:00"},"c~d":{"alg":"RSA","publicKey":"' || (SELECT base64 FROM made WHERE name = 'spki_two') || '","validFrom":"2026-03-01T12:00:00.000001Z","validTill":"2026-03-01T12:00:00.5Z"}}}', '{"at":"2026-03-01T12:00:00Z"}' FROM made WHERE name = 'one';
INSERT INTO document SELECT 51, 'two of them, when they begin', 'manual', '{"certIdFromField":true,"certIdField":"kid","certificates":{"a/b":{"alg":"PKCS","publicKey":"' || (SELECT base64 FROM made WHERE name = 'one') || '","validFrom":"2026-03-01T12:00:00.000001Z","validTill":"2030-01-01T00:00:00+01:00"},"c~d":{"alg":"RSA","publicKey":"' || (SELECT base64 FROM made WHERE name = 'spki_two') || '","validFrom":"2026-03-01T12:00:00.000001Z","validTill":"2026-03-01T12:00:00.5Z"}}}', '{"at":"2026-03-01T12:00:00.000001Z"}' FROM made WHERE name = 'one';
INSERT INTO document SELECT 52, 'two of them, when the second ends', 'manual', '{"certIdFromField":true,"certIdField":"kid","certificates":{"a/b":{"alg":"PKCS","publicKey":"' || (SELECT base64 FROM made WHERE name = 'one') || '","validFrom":"2026-03-01T12:00:00.000001Z","validTill":"2030-01-01T00:00:00+01:00"},"c~d":{"alg":"RSA","publicKey":"' || (SELECT base64 FROM made WHERE name = 'spki_two') || '","validFrom":"2026-03-01T12:00:00.000001Z","validTill":"2026-03-01T12:00:00.5Z"}}}', '{"at":"2026-03-01T12:00:00.5Z"}' FROM made WHERE name = 'one';
INSERT INTO document SELECT 53, 'two of them, a moment before', 'manual', '{"certIdFromField":true,"certIdField":"kid","certificates":{"a/b":{"alg":"PKCS","publicKey":"' || (SELECT base64 FROM made WHERE name = 'one') || '","validFrom":"2026-03-01T12:00:00.000001Z","validTill":"2030-01-01T00:00:00+01:00"},"c~d":{"alg":"RSA","publicKey":"' || (SELECT base64 FROM made WHERE name = 'spki_two') || '","validFrom":"2026-03-01T12:00:00.000001Z","validTill":"2026-03-01T12:00:00.5Z"}}}', '{"at":"2026-03-01T12:00:00.499999Z"}' FROM made WHERE name = 'one';
INSERT INTO document SELECT 54, 'two of them, when the certificate ends', 'manual', '{"certIdFromField":true,"certIdField":"kid","certificates":{"a/b":{"alg":"PKCS","publicKey":"' || (SELECT base64 FROM made WHERE name = 'one') || '","validFrom":"2026-03-01T12:00:00.000001Z","validTill":"2030-01-01T00:00:00+01:00"},"c~d":{"alg":"RSA","publicKey":"' || (SELECT base64 FROM made WHERE name = 'spki_two') || '","validFrom":"2026-03-01T12:00:00.000001Z","validTill":"2026-03-01T12:00:00.5Z"}}}', '{"at":"2027-01-01T00:00:00Z"}' FROM made WHERE name = 'one';
INSERT INTO document SELECT 55, 'for one algorithm', 'manual', '{"certificates":{"a":{"alg":"PS256","publicKey":"' || (SELECT base64 FROM made WHERE name = 'spki_two') || '"}}}', NULL FROM made WHERE name = 'one';
INSERT INTO document SELECT 56, 'EC', 'manual', '{"certificates":{"a":{"alg":"ES256","publicKey":"' || (SELECT base64 FROM made WHERE name = 'spki_ec') || '"}}}', NULL FROM made WHERE name = 'one';
INSERT INTO document SELECT 57, 'PKCS#1', 'manual', '{"certificates":{"a":{"alg":"RSA","publicKey":"-----BEGIN RSA PUBLIC KEY-----\n' || (SELECT base64 FROM made WHERE name = 'pkcs1_two') || '\n-----END RSA PUBLIC KEY-----\n"}}}', NULL FROM made WHERE name = 'one';
INSERT INTO document SELECT 58, 'Ed25519', 'manual', '{"certificates":{"a":{"alg":"EdDSA","publicKey":"' || (SELECT base64 FROM made WHERE name = 'spki_ed') || '"}}}', NULL FROM made WHERE name = 'one';
INSERT INTO document SELECT 59, 'EC, where RSA alone is taken', 'manual', '{"certificates":{"a":{"alg":"ES256","publicKey":"' || (SELECT base64 FROM made WHERE name = 'spki_ec') || '"}}}', '{"rsa_only":true}' FROM made WHERE name = 'one';
INSERT INTO document SELECT 60, 'faults, each alone', 'manual', '{"certificates":{"a":{"alg":"RSA","publicKey":"' || (SELECT base64 FROM made WHERE name = 'spki_ec') || '"},
    "b":{"alg":"RSA","publicKey":"' || (SELECT base64 FROM made WHERE name = 'one') || '"},
    "c":{"alg":"PCKS","publicKey":"' || (SELECT base64 FROM made WHERE name = 'spki_two') || '"},
    "d":{"alg":"ES384","publicKey":"' || (SELECT base64 FROM made WHERE name = 'spki_ec') || '"},
    "e":{"alg":"HS256","publicKey":"' || (SELECT base64 FROM made WHERE name = 'spki_two') || '"},
    "f":{"alg":"none","publicKey":"' || (SELECT base64 FROM made WHERE name = 'spki_two') || '"},
    "g":{"publicKey":1},
    "h":{"alg":"RSA","publicKey":"' || (SELECT base64 FROM made WHERE name = 'weak') || '"},
    "i":{"alg":"PCKS","publicKey":"-----BEGIN CERTIFICATE-----\n' || (SELECT base64 FROM made WHERE name = 'one') || '\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\n' || (SELECT base64 FROM made WHERE name = 'two') || '\n-----END CERTIFICATE-----\n"},
    "j":{"alg":"RSA","publicKey":"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"},
    "k":{"alg":"RSA","publicKey":"' || (SELECT base64 FROM made WHERE name = 'spki_two') || '","validFrom":"2026","validTill":-1},
    "l":{"alg":"RSA","publicKey":"' || (SELECT base64 FROM made WHERE name = 'spki_two') || '","validFrom":"2026-01-02","validTill":"2026-01-02"},
    "":{"alg":"RSA","publicKey":"' || (SELECT base64 FROM made WHERE name = 'spki_two') || '"},
    "m":7,
    "n/~":{"alg":"RSA","publicKey":"{\"kty\":\"oct\"}"}}}', NULL FROM made WHERE name = 'one';
INSERT INTO document SELECT 61, 'a sound one among them', 'manual', '{"certIdFromField":true,"certIdField":"kid","certificates":{"a":{"alg":"RSA","publicKey":"' || (SELECT base64 FROM made WHERE name = 'spki_ec') || '"},"ok":{"alg":"RSA","publicKey":"' || (SELECT base64 FROM made WHERE name = 'spki_two') || '"}}}', NULL FROM made WHERE name = 'one';
INSERT INTO document SELECT 62, 'a field without a name', 'manual', '{"certIdFromField":true,"certificates":{"ok":{"alg":"RSA","publicKey":"' || (SELECT base64 FROM made WHERE name = 'spki_two') || '"}}}', NULL FROM made WHERE name = 'one';
INSERT INTO document SELECT 63, 'as OpenAPI draws it, with faults', 'manual', '{"certificates":{"alg":"RSA","publicKey":"' || (SELECT base64 FROM made WHERE name = 'one') || '","validTill":"soon"}}', NULL FROM made WHERE name = 'one';
INSERT INTO document SELECT 64, 'a flag that is none', 'manual', '{"certIdFromField":"yes","certificates":{"ok":{"alg":"RSA","publicKey":"' || (SELECT base64 FROM made WHERE name = 'spki_two') || '"}}}', NULL FROM made WHERE name = 'one';
INSERT INTO document SELECT 65, 'none', 'manual', '{"certificates":{}}', NULL FROM made WHERE name = 'one';
INSERT INTO document SELECT 66, 'a list', 'manual', '{"certificates":[1]}', NULL FROM made WHERE name = 'one';
INSERT INTO document SELECT 67, 'no manual', 'manual', '7', NULL FROM made WHERE name = 'one';
INSERT INTO document SELECT 68, 'no JSON of it', 'manual', '{', NULL FROM made WHERE name = 'one';

-- ---- what they give ----
CREATE TABLE answer (position integer, name text, source text, body jsonb);
INSERT INTO answer SELECT position, name, source, provider_keys(source, body, options) FROM document;
CREATE TABLE number (i integer);
INSERT INTO number VALUES (0), (1), (2), (3), (4), (5);
SELECT name || ':', body ->> 'error_description' FROM answer WHERE body ->> 'error' = 'invalid_key_document' ORDER BY position;
SELECT name || ':', i, body -> 'keys' -> i ->> 'kty', body -> 'keys' -> i ->> 'kid', body -> 'keys' -> i ->> 'x5t', body -> 'keys' -> i ->> 'use',
    body -> 'keys' -> i ->> 'alg', canonical_json(body -> 'keys' -> i -> 'nbf'), canonical_json(body -> 'keys' -> i -> 'exp')
    FROM answer, number WHERE body -> 'keys' -> i IS NOT NULL ORDER BY position, i;
SELECT name || ' (none)' FROM answer WHERE canonical_json(body -> 'keys') = '[]' ORDER BY position;
SELECT name || ':', canonical_json(body -> 'faults') FROM answer WHERE source = 'manual' AND canonical_json(body -> 'faults') <> '[]' ORDER BY position;
SELECT canonical_json(body -> 'keys' -> 1) FROM answer WHERE name = 'all kinds';
-- A certificate is named by its SHA-1, which a token of AD FS has as x5t, and by its SHA-256; its key is that of the JWK.
SELECT canonical_json(provider_keys('adfs', body) -> 'keys' -> 0) FROM metadata;
SELECT count(*) FROM metadata, made WHERE provider_keys('adfs', metadata.body) -> 'keys' -> 0 ->> 'n' = jwk_from_pem(base64) ->> 'n' AND made.name = 'one';
-- No private member, and nothing else of a document, goes out.
SELECT count(*) FROM answer, number WHERE body -> 'keys' -> i ->> 'd' IS NOT NULL OR body -> 'keys' -> i ->> 'k' IS NOT NULL
    OR body -> 'keys' -> i ->> 'x5c' IS NOT NULL OR body -> 'keys' -> i ->> 'unknown' IS NOT NULL;

-- ---- what is asked ----
SELECT CASE WHEN provider_keys(NULL, '{}') IS NULL AND provider_keys('aad', NULL) IS NULL THEN 'NULL for NULL' END;
SELECT provider_keys('AAD', '{}');
SELECT provider_keys('aad', '{}', '{"rsa_only":1}');
SELECT provider_keys('aad', '{}', '{"at":"today"}');
SELECT provider_keys('aad', '{}', '{"rsaOnly":true}');
SELECT provider_keys('aad', '{}', '[]');
