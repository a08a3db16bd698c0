-- SPDX-License-Identifier: Apache-2.0
-- sso_sources.sql: tokens verified by keys of each source: AD FS metadata, Azure's discovery, keys that an
-- administrator typed in, a key set; and by none that is old, for encryption, or of another name.
SELECT set_clock('2030-01-01T00:00:00Z');
CREATE TABLE made (name text, value text);
INSERT INTO made VALUES ('key', '-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCk+s3EEqT/CF0p
Lgp7ei2BteLv1DMRVYjvgDBz5wnl/UiAG2gGv17J3ug9hZC8PNtfmRpQue5+jmwy
d3rEfJb/4tw1YY4ytVxehAEzBXfvH6cBf7NrA4ZXdBzvbqXPevB2hVFJhxpYqCg2
JvBk80IGfjKMKOYlNGioHA5L6XtT7nnff3y0XzMyMWv7nICvKMZZERuDPNS9la8H
hWR2AH4KpIyZ+uQhFYxjs6oHfXMLVzdEBh0PAyItD23nAF/3xVI3nlz7yptTNZoI
8vMInxzpQYy/zx4T6nGlYDxWTidwxi60FW0qHpCGg/1GDhWR4TSLRKl8GJtz1Fju
my/6Tw9pAgMBAAECggEACEIXp69pO+zewO9xjeG9Qmdo3ylnjwARlS98/Wg8uhr2
FJeKmv/cTk2OoXm8l3eSYZQn2Y+dDQ+zAcmyRwCXjGJ+NFvYQtiKMZ748mVdLgaP
FQef4wTvphQFWMTYnuyf+cbNnVkabAKq1J8ZXGxCy1Fo1VQ8xPL9JCEXZBxhVH+g
QYlNkW60+k4hQOcr4aZAFOMt+asdh5ZyHpKIZRYcMXGJkvebeiB3vsOmLzTRHSgR
1neA5LtU6yJJMnnEPfv+LhjHmQgXyAczSbMSOAMRPR67pUJS7E8WAqwyVWcA98wY
eVkCqCx8IgXe5b3YzmzHgWEzyAXikxQnPFU08kd/gwKBgQDkDUTgaOyLjSNRr6Qp
G1KOKrvcHPGSvnvwgTpCZ7bu2EVH1hr09VqCOH/G2xNGBlLh5vbWINe/wawx21PY
n8ySTB0Z8R+Rx52cv8QyV1e9HIC6/PXXbacMd61icVBomlTjimIBQ9teafrf2glG
KSzVCmfkl4xdL8DEr09uPRSYmwKBgQC5MsGHNNWw0Cl9NLiQUwRSPAwPTTywPyu3
MA0EqmZVSgnRHTZ7RIz4C80T6zb/aLvWbwVCnrXZY69fajfssagf7/THwhQ04qUx
JjGvepd1orGK3YAuwoMMZDD1URXAffGapdvYH0vfeESG10zpm7Hrmy8B5mhgrtoo
jrP0CPeuSwKBgDNaoZX/SrUqNTfh24++LVsCWId6pROsfXBtSVdGz7T9UqyYlD1x
Os50NqHrF23/Yo6oWhFiF/OAg2w+vaTcZ07SgQMkfz1uvBlePaowbPuS/ZIeAKZg
dOujz5GJftfvWQpcUTGDvFSIfQwHp2r7PrNCwp6BWgRqCnjAGZzzeD3dAoGAKLCF
Iq6yEJH7u52cu2Dx/xtgTvBaWCLY+PuesJq7txt4QrCXasfp7QmyuiCgycb6Fif4
UOXL8IJdYqpUtTVnSfUPo9/5TpFJWB4bJoHZyye+uFLoOd3UqyFMPGnfTJafQaoV
PkvKAMRM0g91v5HMqoZC8rjrz+o61lRcJ07dFDcCgYEA2u+oiI4KjWxnps+NK1Gl
DnJtxyxABtzWDtwkmXJUzgviAtxpiyKilXvq0eWEEez3FbpKjGLis0IkuTUOmdiH
EnPITQ/8621iHUIB8CgSUtBtrI1oRFUJLcH4uF2W4APDS7/RRsWcSpQ4z3qjiL6a
QHb4UigKRrPIcA3tH6wmiBU=
-----END PRIVATE KEY-----');
INSERT INTO made VALUES ('certificate', 'MIIDDzCCAfegAwIBAgIUL/XYc3zGverBUTQAyg0lLjjpiuQwDQYJKoZIhvcNAQELBQAwFzEVMBMGA1UEAwwMQURGUyBTaWduaW5nMB4XDTI2MTEyNjIxMDcxMFoXDTM2MTEyMzIxMDcxMFowFzEVMBMGA1UEAwwMQURGUyBTaWduaW5nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEApPrNxBKk/whdKS4Ke3otgbXi79QzEVWI74Awc+cJ5f1IgBtoBr9eyd7oPYWQvDzbX5kaULnufo5sMnd6xHyW/+LcNWGOMrVcXoQBMwV37x+nAX+zawOGV3Qc726lz3rwdoVRSYcaWKgoNibwZPNCBn4yjCjmJTRoqBwOS+l7U+553398tF8zMjFr+5yAryjGWREbgzzUvZWvB4VkdgB+CqSMmfrkIRWMY7OqB31zC1c3RAYdDwMiLQ9t5wBf98VSN55c+8qbUzWaCPLzCJ8c6UGMv88eE+pxpWA8Vk4ncMYutBVtKh6QhoP9Rg4VkeE0i0SpfBibc9RY7psv+k8PaQIDAQABo1MwUTAdBgNVHQ4EFgQU5nSR/rju388E7WNGsk/GraEqxN8wHwYDVR0jBBgwFoAU5nSR/rju388E7WNGsk/GraEqxN8wDwYDVR0TAQH/BAUwAwEB/zANBgkqhkiG9w0BAQsFAAOCAQEAhj/fVftXzufJVTdcKlkCXRnDhjUzaeSThBJy9nyDLoV1wYrfOdEiK3vLO9F+lssXIyVJb2QV22V5ZtXGchhP694O1i++Sp1PX9c+Xz4KcuaSab2qKBAbBhUWHIKdTeyRmf7+n55f2acUyHAjIQd0s846NOfv1LL20UCu68iQQNrnj1l5qg5wiHM9YyB9yw4Djy37+4HRM2hEib64yDuLaUsAtxvqsHISbC7dRnR9fJdmfriF4ijSYJ1bsoWUll7gaUR1Vq4XF1RFSUHoHzLw1XKYEUzYcHn4mWxVwpLgAH80EauvycZVVnGBJRn7J5rZSCxZZJevCZd5DYEnY1aC/g==');
INSERT INTO made SELECT 'one', canonical_json(jwk_generate('ES256', 'one'));
INSERT INTO made SELECT 'two', canonical_json(jwk_generate('ES256', 'two'));

-- S26: AD FS. The signing certificate verifies by its thumbprint, the one for encryption never.
SELECT set_sso_connection('adfs', '{"type":"OAUTH2","providerName":"ADFS","visibleOnLoginPage":true,"clientId":"app","audience":"app","issuer":"https://adfs.example/adfs","signatureVerificationConfig":{"adfsManifest":{"manifestUrl":"https://adfs.example/FederationMetadata/2007-06/FederationMetadata.xml"}},"userIdConfig":{"jwtField":"upn"},"onNewUser":{"dynamicMapping":{"mappings":[{"id":"m","when":{"operator":"EQ","parameterPath":"upn","value":"*"},"thenGroups":[1]}]}}}') ->> 'status';
SELECT canonical_json(set_sso_keys('adfs', replace('<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="x"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="encryption"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate><certificate></X509Certificate></X509Data></KeyInfo></KeyDescriptor></IDPSSODescriptor></EntityDescriptor>', '<certificate>', (SELECT value FROM made WHERE name = 'certificate'))));
SELECT canonical_json(set_sso_keys('adfs', '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'));
SELECT canonical_json(set_sso_keys('adfs', replace('<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="x"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate><certificate></X509Certificate></X509Data></KeyInfo></KeyDescriptor></IDPSSODescriptor></EntityDescriptor>', '<certificate>', (SELECT value FROM made WHERE name = 'certificate'))));
SELECT canonical_json(sso_login('adfs', json('{"access_token":"' || jwt_sign_with('{"iss":"https://adfs.example/adfs","aud":"app","exp":1893460000,"upn":"ann"}', (SELECT value FROM made WHERE name = 'key'), '{"x5t":"nOam8XJSdnyYmQMKSN7i-vyApIE","kid":"nOam8XJSdnyYmQMKSN7i-vyApIE"}') || '"}')));
SELECT canonical_json(sso_login('adfs', json('{"access_token":"' || jwt_sign_with('{"iss":"https://adfs.example/adfs","aud":"app","exp":1893460000,"upn":"ann"}', (SELECT value FROM made WHERE name = 'key'), '{"x5t":"nOam8XJSdnyYmQMKSN7i-vyApIE"}') || '"}')));
SELECT canonical_json(sso_login('adfs', json('{"access_token":"' || jwt_sign_with('{"iss":"https://adfs.example/adfs","aud":"app","exp":1893460000,"upn":"ann"}', (SELECT value FROM made WHERE name = 'key'), '{"kid":"other"}') || '"}')));
SELECT canonical_json(sso_login('adfs', json('{"access_token":"' || jwt_sign_with('{"iss":"https://adfs.example/adfs","aud":"app","exp":1893460000,"upn":"ann"}', (SELECT value FROM made WHERE name = 'one'), '{}') || '"}')));
-- Its certificate ends in November 2036, and so does the key.
SELECT set_clock('2036-11-23T21:07:10Z');
SELECT canonical_json(sso_login('adfs', json('{"access_token":"' || jwt_sign_with('{"iss":"https://adfs.example/adfs","aud":"app","exp":2111100000,"upn":"ann"}', (SELECT value FROM made WHERE name = 'key'), '{"x5t":"nOam8XJSdnyYmQMKSN7i-vyApIE"}') || '"}')));
SELECT set_clock('2036-11-23T21:07:09.999999Z');
SELECT canonical_json(sso_login('adfs', json('{"access_token":"' || jwt_sign_with('{"iss":"https://adfs.example/adfs","aud":"app","exp":2111100000,"upn":"ann"}', (SELECT value FROM made WHERE name = 'key'), '{"x5t":"nOam8XJSdnyYmQMKSN7i-vyApIE"}') || '"}')) -> 'user');
SELECT set_clock('2030-01-01T00:00:00Z');

-- S25: Azure: a key by x5c alone, named by kid and x5t; after a change of keys the new one verifies, the old does not.
SELECT set_sso_connection('aad', '{"type":"OAUTH2","providerName":"Azure AD","visibleOnLoginPage":true,"clientId":"app","audience":"app","issuer":"https://sts.windows.net/t/","signatureVerificationConfig":{"aad":{"publicKeyDiscoveryUrl":"https://login.microsoftonline.com/common/discovery/keys"}},"userIdConfig":{"jwtField":"upn"},"onNewUser":{"dynamicMapping":{"mappings":[{"id":"m","when":{"operator":"EQ","parameterPath":"upn","value":"*"},"thenGroups":[1]}]}}}') ->> 'status';
SELECT canonical_json(set_sso_keys('aad', replace('{"keys":[{"kty":"RSA","use":"sig","kid":"nOam8XJSdnyYmQMKSN7i-vyApIE","x5t":"nOam8XJSdnyYmQMKSN7i-vyApIE","x5c":["<certificate>"]},{"kty":"oct","k":"AAAA"},{"kty":"new"}]}', '<certificate>', (SELECT value FROM made WHERE name = 'certificate'))));
SELECT canonical_json(sso_login('aad', json('{"access_token":"' || jwt_sign_with('{"iss":"https://sts.windows.net/t/","aud":"app","exp":1893460000,"upn":"azure"}', (SELECT value FROM made WHERE name = 'key'), '{"x5t":"nOam8XJSdnyYmQMKSN7i-vyApIE","kid":"nOam8XJSdnyYmQMKSN7i-vyApIE"}') || '"}')) -> 'user');
SELECT canonical_json(sso_login('aad', json('{"access_token":"' || jwt_sign_with('{"iss":"https://sts.windows.net/t","aud":"app","exp":1893460000,"upn":"azure"}', (SELECT value FROM made WHERE name = 'key'), '{"x5t":"nOam8XJSdnyYmQMKSN7i-vyApIE"}') || '"}')) -> 'reason');
SELECT canonical_json(set_sso_keys('aad', '{"keys":[' || (SELECT canonical_json(jwk_public(json(value))) FROM made WHERE name = 'one') || ']}'));
SELECT canonical_json(sso_login('aad', json('{"access_token":"' || jwt_sign_with('{"iss":"https://sts.windows.net/t/","aud":"app","exp":1893460000,"upn":"azure"}', (SELECT value FROM made WHERE name = 'one')) || '"}')) -> 'user');
SELECT canonical_json(sso_login('aad', json('{"access_token":"' || jwt_sign_with('{"iss":"https://sts.windows.net/t/","aud":"app","exp":1893460000,"upn":"azure"}', (SELECT value FROM made WHERE name = 'key'), '{"x5t":"nOam8XJSdnyYmQMKSN7i-vyApIE"}') || '"}')) -> 'reason');
-- Only RSA keys, where that is wanted.
SELECT set_sso_connection('aad', '{"type":"OAUTH2","providerName":"Azure AD","visibleOnLoginPage":true,"clientId":"app","audience":"app","issuer":"https://sts.windows.net/t/","signatureVerificationConfig":{"aad":{"publicKeyDiscoveryUrl":"https://login.microsoftonline.com/common/discovery/keys"}},"userIdConfig":{"jwtField":"upn"},"onNewUser":{"dynamicMapping":{"mappings":[{"id":"m","when":{"operator":"EQ","parameterPath":"upn","value":"*"},"thenGroups":[1]}]}},"options":{"rsa_only":true}}') ->> 'status';
SELECT canonical_json(sso_login('aad', json('{"access_token":"' || jwt_sign_with('{"iss":"https://sts.windows.net/t/","aud":"app","exp":1893460000,"upn":"azure"}', (SELECT value FROM made WHERE name = 'one')) || '"}')) -> 'reason');
SELECT canonical_json(set_sso_keys('aad', '{"keys":[' || (SELECT canonical_json(jwk_public(json(value))) FROM made WHERE name = 'one') || ']}') -> 'status');

-- S27: keys in the connection: one, good from a day to another; then two, chosen by a field of the token.
SELECT set_sso_connection('manual', json(replace('{"type":"OAUTH2","providerName":"Manual","visibleOnLoginPage":true,"clientId":"app","audience":"app","issuer":"https://m.example","signatureVerificationConfig":{"manual":{"certIdFromField":false,"certificates":{"default":{"alg":"ES256","publicKey":"<one>","validFrom":"2029-12-31T00:00:00Z","validTill":"2030-01-02T00:00:00Z"}}}},"userIdConfig":{"jwtField":"upn"},"onNewUser":{"dynamicMapping":{"mappings":[{"id":"m","when":{"operator":"EQ","parameterPath":"upn","value":"*"},"thenGroups":[1]}]}}}', '<one>', replace(jwk_to_pem(jwk_public(json((SELECT value FROM made WHERE name = 'one')))), '
', '\n')))) ->> 'status';
SELECT canonical_json(sso_login('manual', json('{"access_token":"' || jwt_sign_with('{"iss":"https://m.example","aud":"app","exp":1893460000,"upn":"manual"}', (SELECT value FROM made WHERE name = 'one'), '{}') || '"}')) -> 'user');
SELECT canonical_json(sso_login('manual', json('{"access_token":"' || jwt_sign_with('{"iss":"https://m.example","aud":"app","exp":1893460000,"upn":"manual"}', (SELECT value FROM made WHERE name = 'two'), '{}') || '"}')) -> 'user');
SELECT set_clock('2029-12-30T23:59:59.999999Z');
SELECT canonical_json(sso_login('manual', json('{"access_token":"' || jwt_sign_with('{"iss":"https://m.example","aud":"app","exp":1893460000,"upn":"manual"}', (SELECT value FROM made WHERE name = 'one'), '{}') || '"}')) -> 'user');
SELECT set_clock('2029-12-31T00:00:00Z');
SELECT canonical_json(sso_login('manual', json('{"access_token":"' || jwt_sign_with('{"iss":"https://m.example","aud":"app","exp":1893460000,"upn":"manual"}', (SELECT value FROM made WHERE name = 'one'), '{}') || '"}')) -> 'user');
SELECT set_clock('2030-01-01T00:00:00Z');
SELECT set_sso_connection('manual', json(replace(replace('{"type":"OAUTH2","providerName":"Manual","visibleOnLoginPage":true,"clientId":"app","audience":"app","issuer":"https://m.example","signatureVerificationConfig":{"manual":{"certIdFromField":true,"certIdField":"key_id","certificates":{"a":{"alg":"ES256","publicKey":"<one>"},"b":{"alg":"ES256","publicKey":"<two>"}}}},"userIdConfig":{"jwtField":"upn"},"onNewUser":{"dynamicMapping":{"mappings":[{"id":"m","when":{"operator":"EQ","parameterPath":"upn","value":"*"},"thenGroups":[1]}]}}}', '<one>', replace(jwk_to_pem(jwk_public(json((SELECT value FROM made WHERE name = 'one')))), '
', '\n')), '<two>', replace(jwk_to_pem(jwk_public(json((SELECT value FROM made WHERE name = 'two')))), '
', '\n')))) ->> 'status';
SELECT canonical_json(sso_login('manual', json('{"access_token":"' || jwt_sign_with('{"iss":"https://m.example","aud":"app","exp":1893460000,"upn":"manual"}', (SELECT value FROM made WHERE name = 'one'), '{"key_id":"a"}') || '"}')) -> 'user');
SELECT canonical_json(sso_login('manual', json('{"access_token":"' || jwt_sign_with('{"iss":"https://m.example","aud":"app","exp":1893460000,"upn":"manual"}', (SELECT value FROM made WHERE name = 'two'), '{"key_id":"b"}') || '"}')) -> 'user');
SELECT canonical_json(sso_login('manual', json('{"access_token":"' || jwt_sign_with('{"iss":"https://m.example","aud":"app","exp":1893460000,"upn":"manual"}', (SELECT value FROM made WHERE name = 'one'), '{"key_id":"b"}') || '"}')) -> 'user');
SELECT canonical_json(sso_login('manual', json('{"access_token":"' || jwt_sign_with('{"iss":"https://m.example","aud":"app","exp":1893460000,"upn":"manual"}', (SELECT value FROM made WHERE name = 'one'), '{"key_id":"c"}') || '"}')) -> 'user');
SELECT canonical_json(sso_login('manual', json('{"access_token":"' || jwt_sign_with('{"iss":"https://m.example","aud":"app","exp":1893460000,"upn":"manual"}', (SELECT value FROM made WHERE name = 'one'), '{}') || '"}')) -> 'user');
SELECT canonical_json(set_sso_keys('manual', '{"keys":[]}'));
-- A key that is none, a period that ends before it begins: all told.
SELECT canonical_json(set_sso_connection('manual', '{"type":"OAUTH2","providerName":"Manual","visibleOnLoginPage":true,"clientId":"app","audience":"app","issuer":"https://m.example","signatureVerificationConfig":{"manual":{"certificates":{"a":{"alg":"RSA","publicKey":"x"},"b":{"alg":"PCKS","publicKey":"y","validFrom":"tomorrow"}}}},"userIdConfig":{"jwtField":"upn"},"onNewUser":{"dynamicMapping":{"mappings":[{"id":"m","when":{"operator":"EQ","parameterPath":"upn","value":"*"},"thenGroups":[1]}]}}}') -> 'errors');

-- A document of 5 MiB, an issuer with a slash too many, a token with a claim twice.
SELECT canonical_json(set_sso_keys('adfs', replace(replace(replace('<EntityDescriptor>0000000000000000000000000000000000000000000000000000000000000000</EntityDescriptor>', '0', '0000000000000000000000000000000000000000000000000000000000000000'), '0', '0000000000000000000000000000000000000000000000000000000000000000'), '0', '11111111111111111111')));
SELECT canonical_json(sso_login('adfs', '{"access_token":"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4IiwiaXNzIjoieSJ9.AAAA"}') -> 'reason');
