-- SPDX-License-Identifier: Apache-2.0
-- chains.sql: whose certificate it is: a path from what somebody shows to whom the caller trusts, with
-- everything that may be wrong with it; docs/pki.md has the reasons.
SELECT set_clock('2026-12-01T00:00:00Z');
-- Of a maker: root, its intermediate, devices below, and what strangers made to look like it.
CREATE TABLE made (name text, base64 text);
INSERT INTO made VALUES
    ('root', 'MIIBtDCCAVmgAwIBAgIUDNA2mpXOom4HzHK/Y12dWJZoSE0wCgYIKoZIzj0EAwIwJzETMBEGA1UEAwwKTWFrZXIgcm9vdDEQMA4GA1UECgwHRXhhbXBsZTAeFw0yMDAxMDEwMDAwMDBaFw00MDAxMDEwMDAwMDBaMCcxEzARBgNVBAMMCk1ha2VyIHJvb3QxEDAOBgNVBAoMB0V4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQo3EYWxOCziaOZ8IhOvkpgMI3Lo/OlGcHbG/oK2rB4VGacjn1dDGX+5G9OTyQphm2Y67EWqqSpxEevbaAax8RCo2MwYTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAdBgNVHQ4EFgQUyvhlLAlMq/ZcoNgoK91fJJ6S7bswHwYDVR0jBBgwFoAUyvhlLAlMq/ZcoNgoK91fJJ6S7bswCgYIKoZIzj0EAwIDSQAwRgIhAKSsqUuR3S1u2SVlETNb3ljQzarPzzEUe6ZCtZ0z+fTbAiEArBEFkl4bbkM8OaNJvfa3/RyUDyeRbsMko/ziKw+U9+c='),
    ('maker', 'MIIBlDCCATugAwIBAgICEAEwCgYIKoZIzj0EAwIwJzETMBEGA1UEAwwKTWFrZXIgcm9vdDEQMA4GA1UECgwHRXhhbXBsZTAeFw0yMDAxMDEwMDAwMDBaFw0zMDAxMDEwMDAwMDBaMBgxFjAUBgNVBAMMDU1ha2VyIGRldmljZXMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQLBvemBJpYLsox/02H0ZyBRK2nEdGj/I0cPQ70WmFVTOjgmGjPhx01FzAg+LuQLctu79d6TE4/OG/yHgzU0egZo2YwZDASBgNVHRMBAf8ECDAGAQH/AgEAMA4GA1UdDwEB/wQEAwIBBjAdBgNVHQ4EFgQU47hyYZGzUcLKL2QAfnuvHP/bMcAwHwYDVR0jBBgwFoAUyvhlLAlMq/ZcoNgoK91fJJ6S7bswCgYIKoZIzj0EAwIDRwAwRAIgLkuWfuV3zLny2QqliJLURAV1MR/r80tjxGQLpMwOadMCIDXIC9aOmzFb0KcuZ0V+da7jN8KnLDwowi2Vt0nNBolV'),
    ('leaf', 'MIICaDCCAg2gAwIBAgIDAKsBMAoGCCqGSM49BAMCMBgxFjAUBgNVBAMMDU1ha2VyIGRldmljZXMwHhcNMjUwMTAxMDAwMDAwWhcNMjcwMTAxMDAwMDAwWjAhMREwDwYDVQQDDAhkZXZpY2UtMTEMMAoGA1UEBRMDU04xMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE+GwHC/CuuPNQxJDMhBB/kF5H/4JZuSA/faSOJBgdWCfTqKuQOL6Pv/g/OGeLneIyPazAsyYjmsPdr0yXQohdYaOCATswggE3MAwGA1UdEwEB/wQCMAAwHwYDVR0jBBgwFoAU47hyYZGzUcLKL2QAfnuvHP/bMcAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwgY4GA1UdEQSBhjCBg4IQZGV2aWNlLTEuZXhhbXBsZYcEwAACB4cQIAENuAAAAAAAAAAAAAAAB4YtdXJuOnV1aWQ6N2Y5YjRjZTAtM2E1Yi00YzBhLTllMGItMTIzNDU2Nzg5MGFigRJkZXZpY2VAZXhhbXBsZS5jb22kFDASMRAwDgYDVQQDDAdtb2RlbC03MDEGA1UdHwQqMCgwJqAkoCKGIGh0dHA6Ly9tYWtlci5leGFtcGxlL2RldmljZXMuY3JsMA4GA1UdDwEB/wQEAwIDiDAdBgNVHQ4EFgQU5G9F5DnutgMgBVFn8SeBVHLbHeMwCgYIKoZIzj0EAwIDSQAwRgIhAPepu8Tnlz1EzN78BBcKsh8DTSGQpCuTD3srCtzrWSxxAiEA2XPB2kkmDha46ZllNXemjVseyETioMA+VN5oL2x0ag0='),
    ('ever', 'MIIBdzCCAR6gAwIBAgIUDyy3g86psyL6CNRlpzy38izqD/YwCgYIKoZIzj0EAwIwGDEWMBQGA1UEAwwNTWFrZXIgZGV2aWNlczAgFw0yNTAxMDEwMDAwMDBaGA85OTk5MTIzMTIzNTk1OVowFjEUMBIGA1UEAwwLZGV2aWNlLWV2ZXIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAT4bAcL8K6481DEkMyEEH+QXkf/glm5ID99pI4kGB1YJ9Ooq5A4vo+/+D84Z4ud4jI9rMCzJiOaw92vTJdCiF1ho0YwRDAMBgNVHRMBAf8EAjAAMB8GA1UdIwQYMBaAFOO4cmGRs1HCyi9kAH57rxz/2zHAMBMGA1UdJQQMMAoGCCsGAQUFBwMCMAoGCCqGSM49BAMCA0cAMEQCICTKvKWY1Bey2f3y74PKu2GjYQ8GVSGcyW3XEQIQ8FzHAiB5dzJXKrff3a8tgCgRyKHBJ22tHqCLUMuG8AyMRUGiwg=='),
    ('other', 'MIIBszCCAVmgAwIBAgIUALBnCWDmmtzII8tga/3FVJgDs1AwCgYIKoZIzj0EAwIwJzETMBEGA1UEAwwKTWFrZXIgcm9vdDEQMA4GA1UECgwHRXhhbXBsZTAeFw0yMDAxMDEwMDAwMDBaFw00MDAxMDEwMDAwMDBaMCcxEzARBgNVBAMMCk1ha2VyIHJvb3QxEDAOBgNVBAoMB0V4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQYwtDogmKuZ+nubx7GYSqWURIsivH6psI/dWNr5d2FynDWgzRUHawhdDzWShnhk+VFpS5uwwZyKpZnzYMv31UYo2MwYTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAdBgNVHQ4EFgQUvvJs/bcid2+/7tS6pdH568pg+JMwHwYDVR0jBBgwFoAUvvJs/bcid2+/7tS6pdH568pg+JMwCgYIKoZIzj0EAwIDSAAwRQIhALWsUSqB3EOh61nIdqXX9Tb29lrd7ThyJOPbvev6Kq9ZAiA9c0+jlgxHGVSrMPACLTkpi2xTNijc10cEMfpJ8dVPyg=='),
    ('forged', 'MIIBpzCCAU2gAwIBAgIUPffA07culxDKbACX2TBHLOLpbhYwCgYIKoZIzj0EAwIwJzETMBEGA1UEAwwKTWFrZXIgcm9vdDEQMA4GA1UECgwHRXhhbXBsZTAeFw0yMDAxMDEwMDAwMDBaFw00MDAxMDEwMDAwMDBaMBgxFjAUBgNVBAMMDU1ha2VyIGRldmljZXMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQLBvemBJpYLsox/02H0ZyBRK2nEdGj/I0cPQ70WmFVTOjgmGjPhx01FzAg+LuQLctu79d6TE4/OG/yHgzU0egZo2YwZDASBgNVHRMBAf8ECDAGAQH/AgEAMA4GA1UdDwEB/wQEAwIBBjAdBgNVHQ4EFgQU47hyYZGzUcLKL2QAfnuvHP/bMcAwHwYDVR0jBBgwFoAUvvJs/bcid2+/7tS6pdH568pg+JMwCgYIKoZIzj0EAwIDSAAwRQIhAO8yJkqHPcvbNTOEsv8PV/s9d5d9Iu93Y8UT3XtNVAD4AiA4CucNGox5dV5eRkcCGXK60FSzCAzQyESd6LZqVS5rUQ=='),
    ('critical', 'MIIBeDCCAR+gAwIBAgIUaVdb/cgU2ENeTYFOha1UFcbe3G4wCgYIKoZIzj0EAwIwGDEWMBQGA1UEAwwNTWFrZXIgZGV2aWNlczAeFw0yNTAxMDEwMDAwMDBaFw0yNzAxMDEwMDAwMDBaMBoxGDAWBgNVBAMMD2RldmljZS1jcml0aWNhbDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPhsBwvwrrjzUMSQzIQQf5BeR/+CWbkgP32kjiQYHVgn06irkDi+j7/4Pzhni53iMj2swLMmI5rD3a9Ml0KIXWGjRTBDMAwGA1UdEwEB/wQCMAAwHwYDVR0jBBgwFoAU47hyYZGzUcLKL2QAfnuvHP/bMcAwEgYJKwYBBAGDsgMBAQH/BAIFADAKBggqhkjOPQQDAgNHADBEAiB9G8n2tA/rssY/ZJkNinOpNS7gd2VMBmUZIZ6V7parcgIgHFFsX3DieuL+kSrB9hHf5Ue/ZlA6ocDoPBZc3VzW1dg='),
    ('no-key-identifier', 'MIIBPzCB5aADAgECAhRZ5R4lLGzaxvFDkPgY5q9TNqL7ZTAKBggqhkjOPQQDAjAYMRYwFAYDVQQDDA1NYWtlciBkZXZpY2VzMB4XDTI1MDEwMTAwMDAwMFoXDTI3MDEwMTAwMDAwMFowFTETMBEGA1UEAwwKZGV2aWNlLW9sZDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPhsBwvwrrjzUMSQzIQQf5BeR/+CWbkgP32kjiQYHVgn06irkDi+j7/4Pzhni53iMj2swLMmI5rD3a9Ml0KIXWGjEDAOMAwGA1UdEwEB/wQCMAAwCgYIKoZIzj0EAwIDSQAwRgIhAKJ80sBMZYBLMQ4P89ohf1FgBUDQzNlYRzstCEpjSscWAiEAw535LEuZGwy/NBe1+LLQrC6H7Tz0K3kRBJcm9q9kRqo='),
    ('rsa1024', 'MIIBqDCCAU2gAwIBAgIURCLsOYeGYYfvRoTeSellC8CFolowCgYIKoZIzj0EAwIwGDEWMBQGA1UEAwwNTWFrZXIgZGV2aWNlczAeFw0yNTAxMDEwMDAwMDBaFw0yNzAxMDEwMDAwMDBaMBUxEzARBgNVBAMMCmRldmljZS1yc2EwgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGBAMKuCIFmxLXxkJ3ZrCUeZdM7GwYwiemBXNmGpzTcK3W7QkXs0u7QHiOTrxbk4Hs6S7U9/B3EvF6agBP6re9hvGi8S1rjHJ4wuBJt1Op9r6kMZWXO+EJxo3pP2+mshaSEZfGq1zWP5I0X3Xs/E4QTp6nli7bCvOb6XZ52pT0MOgrDAgMBAAGjMTAvMAwGA1UdEwEB/wQCMAAwHwYDVR0jBBgwFoAU47hyYZGzUcLKL2QAfnuvHP/bMcAwCgYIKoZIzj0EAwIDSQAwRgIhAK8iGinXArgXd3SoWNdOtrEzkhGtAb4q+zhNyMPFeJUQAiEA4MajOIJ0b7pZRDZhPORTRqhxA12FLxpMPKgpE3BUgDI='),
    ('koblitz', 'MIIBYDCCAQegAwIBAgIUe1yw8E9O+yddBtspbTUPYIPTb5YwCgYIKoZIzj0EAwIwGDEWMBQGA1UEAwwNTWFrZXIgZGV2aWNlczAeFw0yNTAxMDEwMDAwMDBaFw0yNzAxMDEwMDAwMDBaMBkxFzAVBgNVBAMMDmRldmljZS1rb2JsaXR6MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEs4+qwykdTZpbM87K5v5blPtFgzNt1HtKNmNDsFnsQjfG8vjVRUtiEu1mpD9isQvkOO9+lPwxDHaH11rULVQgBqMxMC8wDAYDVR0TAQH/BAIwADAfBgNVHSMEGDAWgBTjuHJhkbNRwsovZAB+e68c/9sxwDAKBggqhkjOPQQDAgNHADBEAiA7/9lxyU4KT74kGFKGl6XeQ12wJTd5h9MJ7Z0MLlnwdQIgCOKxZqILHcRBokY7Fo4J9TPeILtP/tArEQfHvpyCEVM='),
    ('device-authority', 'MIIBaDCCAQ2gAwIBAgIUSw0KMcqtXiE09Kt1ewi2bkfBLMowCgYIKoZIzj0EAwIwITERMA8GA1UEAwwIZGV2aWNlLTExDDAKBgNVBAUTA1NOMTAeFw0yNTAxMDEwMDAwMDBaFw0yNzAxMDEwMDAwMDBaMBMxETAPBgNVBAMMCGRldmljZS0yMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEGMLQ6IJirmfp7m8exmEqllESLIrx+qbCP3Vja+Xdhcpw1oM0VB2sIXQ81koZ4ZPlRaUubsMGciqWZ82DL99VGKMxMC8wDAYDVR0TAQH/BAIwADAfBgNVHSMEGDAWgBTkb0XkOe62AyAFUWfxJ4FUctsd4zAKBggqhkjOPQQDAgNJADBGAiEA3TYTF8oPNsD/pscIzY2tQtB69mf8+9yKuFP73x/XWu8CIQCLy5tqVrIZkE3cXfkoxF8ikbCSurqbRAbW5yza9AdiBg=='),
    ('short', 'MIIBnzCCAUWgAwIBAgIUOcwLGI4iGVQnNwWDwwNTY1hn1FgwCgYIKoZIzj0EAwIwJzETMBEGA1UEAwwKTWFrZXIgcm9vdDEQMA4GA1UECgwHRXhhbXBsZTAeFw0yMDAxMDEwMDAwMDBaFw0yNTAxMDEwMDAwMDBaMBAxDjAMBgNVBAMMBVNob3J0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE+B0FbBCRaFUuiMtt8afY/t6Rsfb/I8sdkuyhA80Ab8GpwLEP8p3c1b6ILpsr5aYVonR+eo9vC1kDyBTKvjaAgKNmMGQwEgYDVR0TAQH/BAgwBgEB/wIBADAOBgNVHQ8BAf8EBAMCAQYwHQYDVR0OBBYEFK4PU/yA0UaAKBt1m6gICnJQM+ELMB8GA1UdIwQYMBaAFMr4ZSwJTKv2XKDYKCvdXySeku27MAoGCCqGSM49BAMCA0gAMEUCIFUd80s1BiKrg0TuNLMcxshuQBrhy60tr/YGirSvr6YYAiEAsqeIrhGat/WkOsuJCOnBkWT7Pu9IEOyLUcNVxrMbw/8='),
    ('under-short', 'MIIBcTCCARegAwIBAgIUH1SvOMwbG1wWfp98hOY1YjZqLlYwCgYIKoZIzj0EAwIwEDEOMAwGA1UEAwwFU2hvcnQwIBcNMjQwMTAxMDAwMDAwWhgPMjA2MDAxMDEwMDAwMDBaMBcxFTATBgNVBAMMDGRldmljZS1zaG9ydDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPhsBwvwrrjzUMSQzIQQf5BeR/+CWbkgP32kjiQYHVgn06irkDi+j7/4Pzhni53iMj2swLMmI5rD3a9Ml0KIXWGjRjBEMAwGA1UdEwEB/wQCMAAwHwYDVR0jBBgwFoAUrg9T/IDRRoAoG3WbqAgKclAz4QswEwYDVR0lBAwwCgYIKwYBBQUHAwIwCgYIKoZIzj0EAwIDSAAwRQIhAPSPc+lx/XeY0tZt+7up0Zwjm2C3KReMpC0xM0YNRibPAiAWo9q+lsNqLsOXynRcH4btOGmn5RG4Og9WpclOOVWx5g=='),
    ('below', 'MIIBkDCCATagAwIBAgIUeTQ/RyH1Lu6dvCFKA5hV3ZFaRokwCgYIKoZIzj0EAwIwGDEWMBQGA1UEAwwNTWFrZXIgZGV2aWNlczAeFw0yNTAxMDEwMDAwMDBaFw0yODAxMDEwMDAwMDBaMBAxDjAMBgNVBAMMBUJlbG93MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEGMLQ6IJirmfp7m8exmEqllESLIrx+qbCP3Vja+Xdhcpw1oM0VB2sIXQ81koZ4ZPlRaUubsMGciqWZ82DL99VGKNmMGQwEgYDVR0TAQH/BAgwBgEB/wIBADAOBgNVHQ8BAf8EBAMCAQYwHQYDVR0OBBYEFL7ybP23Indvv+7UuqXR+evKYPiTMB8GA1UdIwQYMBaAFOO4cmGRs1HCyi9kAH57rxz/2zHAMAoGCCqGSM49BAMCA0gAMEUCIG0kb5XzCxex6VZIvM49SjdlVD5URiaorScfN7wksnC9AiEAnw2S5zSLgJ3SgcDHYFiqTCU6PloWKAAPRpwzqr+iles='),
    ('under-below', 'MIIBWjCCAQCgAwIBAgIUcRD4xZGqkiXcvoAo2fNllNdJGwcwCgYIKoZIzj0EAwIwEDEOMAwGA1UEAwwFQmVsb3cwHhcNMjUwMTAxMDAwMDAwWhcNMjcwMTAxMDAwMDAwWjAXMRUwEwYDVQQDDAxkZXZpY2UtYmVsb3cwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAT4bAcL8K6481DEkMyEEH+QXkf/glm5ID99pI4kGB1YJ9Ooq5A4vo+/+D84Z4ud4jI9rMCzJiOaw92vTJdCiF1hozEwLzAMBgNVHRMBAf8EAjAAMB8GA1UdIwQYMBaAFL7ybP23Indvv+7UuqXR+evKYPiTMAoGCCqGSM49BAMCA0gAMEUCIQDQu+erxm3w524HoR9mBhDTu9VZuZ2HuB4gzLFDOvSzQwIgBt9XAHyV8CuxEGOb+k8iA5RerLKpZmU8BB3F8upPGMA='),
    ('ek', 'MIIBhDCCASmgAwIBAgIUdLzRuxt6TZpH+vSt0m4+NTAZ5ckwCgYIKoZIzj0EAwIwGDEWMBQGA1UEAwwNTWFrZXIgZGV2aWNlczAeFw0yNTAxMDEwMDAwMDBaFw0yNzAxMDEwMDAwMDBaMAAwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAT4bAcL8K6481DEkMyEEH+QXkf/glm5ID99pI4kGB1YJ9Ooq5A4vo+/+D84Z4ud4jI9rMCzJiOaw92vTJdCiF1ho2kwZzAMBgNVHRMBAf8EAjAAMB8GA1UdIwQYMBaAFOO4cmGRs1HCyi9kAH57rxz/2zHAMBAGA1UdJQQJMAcGBWeBBQgBMCQGA1UdEQEB/wQaMBikFjAUMRIwEAYDVQQDDAlUUE0gbW9kZWwwCgYIKoZIzj0EAwIDSQAwRgIhAP5kMh7+9vOJ1iplMV3JuKFoPZwj8yitlo8iODAAMwHIAiEAtbqpg0QLW4EyXYcmSgZz49fVGn0mp0kGA2OsfXz3p4k='),
    ('constrained', 'MIIBxjCCAWygAwIBAgIUZ14cSZNP66zXZy2kayb41BPyx98wCgYIKoZIzj0EAwIwJzETMBEGA1UEAwwKTWFrZXIgcm9vdDEQMA4GA1UECgwHRXhhbXBsZTAeFw0yMDAxMDEwMDAwMDBaFw0zMDAxMDEwMDAwMDBaMBYxFDASBgNVBAMMC0NvbnN0cmFpbmVkMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEjJ02wBRdpfujDux/U7Y9DHAL1273DAaDhY3HkyOM791x4N19jVF2TweGQBeMSKGl7veJ/CRRP2gA1TGPtWNrJaOBhjCBgzASBgNVHRMBAf8ECDAGAQH/AgEAMA4GA1UdDwEB/wQEAwIBBjAdBgNVHQ4EFgQUG0DihNdf7UhzJkgzIRsfBMZGeQkwHwYDVR0jBBgwFoAUyvhlLAlMq/ZcoNgoK91fJJ6S7bswHQYDVR0eAQH/BBMwEaAPMA2CC2V4YW1wbGUuY29tMAoGCCqGSM49BAMCA0gAMEUCIQCpmx1QQj2tMfSoJGFXJlj9ZOU36gE/LRjDB0N5bhC+jgIgRe4xV5IrIVS0Ms5HzIuWxZmTDrVPM/pmHVOk89nZ0bU='),
    ('outside', 'MIIBeTCCASCgAwIBAgIUZEGpNZ/srZfnrNEnIp9unS/SoKAwCgYIKoZIzj0EAwIwFjEUMBIGA1UEAwwLQ29uc3RyYWluZWQwHhcNMjUwMTAxMDAwMDAwWhcNMjcwMTAxMDAwMDAwWjAZMRcwFQYDVQQDDA5kZXZpY2Ugb3V0c2lkZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPhsBwvwrrjzUMSQzIQQf5BeR/+CWbkgP32kjiQYHVgn06irkDi+j7/4Pzhni53iMj2swLMmI5rD3a9Ml0KIXWGjSTBHMAwGA1UdEwEB/wQCMAAwHwYDVR0jBBgwFoAUG0DihNdf7UhzJkgzIRsfBMZGeQkwFgYDVR0RBA8wDYILZXhhbXBsZS5uZXQwCgYIKoZIzj0EAwIDRwAwRAIgfcbq+MCZ339hxnSKT9ChkTP0RYfp0O8UqmOC2c52bjsCIB7jt5ZpX8QhsiYrUbOqF/FSu4XUpIRiCqnCb7Nf/KOg'),
    ('list', 'MIH1MIGeAgEBMAoGCCqGSM49BAMCMBgxFjAUBgNVBAMMDU1ha2VyIGRldmljZXMXDTI2MDEwMTAwMDAwMFoXDTI4MDEwMTAwMDAwMFowJDAiAgMAqwEXDTI2MDEwMTAwMDAwMFowDDAKBgNVHRUEAwoBAaAvMC0wHwYDVR0jBBgwFoAU47hyYZGzUcLKL2QAfnuvHP/bMcAwCgYDVR0UBAMCAQEwCgYIKoZIzj0EAwIDRgAwQwIgPo6KPKfwiUiQzkrieSLT/lAo1hqukSYAnaIpmI2ymOICH2JfsbK03mdIhMCle+4vQxMf5gw4ccVdUhlGvDUNGWQ='),
    ('list-empty', 'MIHRMHgCAQEwCgYIKoZIzj0EAwIwGDEWMBQGA1UEAwwNTWFrZXIgZGV2aWNlcxcNMjYwMTAxMDAwMDAwWhcNMjgwMTAxMDAwMDAwWqAvMC0wHwYDVR0jBBgwFoAU47hyYZGzUcLKL2QAfnuvHP/bMcAwCgYDVR0UBAMCAQEwCgYIKoZIzj0EAwIDSQAwRgIhANzOmzZYZQKqq2wmBcE0UyEIe1lbptJldTus3rnjJWAuAiEA5ibyfeVdDo/SJZqoFuy/oNLNE7VirLTZPb3TYQU4744='),
    ('list-old', 'MIHPMHgCAQEwCgYIKoZIzj0EAwIwGDEWMBQGA1UEAwwNTWFrZXIgZGV2aWNlcxcNMjUwMTAxMDAwMDAwWhcNMjYwMTAxMDAwMDAwWqAvMC0wHwYDVR0jBBgwFoAU47hyYZGzUcLKL2QAfnuvHP/bMcAwCgYDVR0UBAMCAQEwCgYIKoZIzj0EAwIDRwAwRAIgXSChoTf0Ax00H514fT76jPQckxJpa80Gzq0VRjXYwysCIAsdvTuQq4qnI6J1433uUAAK1F4gp6Fir7FTa9zYyVH0'),
    ('list-forged', 'MIHQMHgCAQEwCgYIKoZIzj0EAwIwGDEWMBQGA1UEAwwNTWFrZXIgZGV2aWNlcxcNMjYwMTAxMDAwMDAwWhcNMjgwMTAxMDAwMDAwWqAvMC0wHwYDVR0jBBgwFoAUvvJs/bcid2+/7tS6pdH568pg+JMwCgYDVR0UBAMCAQEwCgYIKoZIzj0EAwIDSAAwRQIga6jzOhVujVZesfL/bmIg/lJmkNfvzvuEeACyfMoXjkcCIQDJ1zQaqtIghEihpKcHVtBu+Rg/XcE3IWw+yAZGOZVVaw=='),
    ('list-unnumbered', 'MIHEMGwCAQEwCgYIKoZIzj0EAwIwGDEWMBQGA1UEAwwNTWFrZXIgZGV2aWNlcxcNMjYwMTAxMDAwMDAwWhcNMjgwMTAxMDAwMDAwWqAjMCEwHwYDVR0jBBgwFoAU47hyYZGzUcLKL2QAfnuvHP/bMcAwCgYIKoZIzj0EAwIDSAAwRQIhAMX1zAC/WWo/DygUJuEBTtkJSridxpkZmAwQsnrrgCTcAiBk0OwdUEWrtMXhlwtuOTnvRcklIkTbGjhXEQgH/fC5Kw=='),
    ('list-root', 'MIIBBjCBrAIBATAKBggqhkjOPQQDAjAnMRMwEQYDVQQDDApNYWtlciByb290MRAwDgYDVQQKDAdFeGFtcGxlFw0yNjAxMDEwMDAwMDBaFw0yODAxMDEwMDAwMDBaMCMwIQICEAEXDTI2MDEwMTAwMDAwMFowDDAKBgNVHRUEAwoBBKAvMC0wHwYDVR0jBBgwFoAUyvhlLAlMq/ZcoNgoK91fJJ6S7bswCgYDVR0UBAMCAQEwCgYIKoZIzj0EAwIDSQAwRgIhAMcUavcmLaofjV/FUL164wUR3QUrbhOpi+NpPZmYZ9kKAiEA+u0+w4A2EroBfGMh8IKopS9bDkQJfIJzIP/95+MAQMI='),
    ('list-root-empty', 'MIHgMIGHAgEBMAoGCCqGSM49BAMCMCcxEzARBgNVBAMMCk1ha2VyIHJvb3QxEDAOBgNVBAoMB0V4YW1wbGUXDTI2MDEwMTAwMDAwMFoXDTI4MDEwMTAwMDAwMFqgLzAtMB8GA1UdIwQYMBaAFMr4ZSwJTKv2XKDYKCvdXySeku27MAoGA1UdFAQDAgEBMAoGCCqGSM49BAMCA0gAMEUCIBU4Mf/OIoUjKniMHSr2tdrdsBG2ozPuELJOHAedu5gRAiEA6FI6JZ9h89nQuidTub78m8rBA9FFrYxOJx6PwjIXwJQ='),
    ('explicit', 'MIICZTCCAgugAwIBAgIBTTAKBggqhkjOPQQDAjAYMRYwFAYDVQQDDA1NYWtlciBkZXZpY2VzMB4XDTI2MTEyNzA3MzM1OFoXDTM2MTEyNDA3MzM1OFowGjEYMBYGA1UEAwwPZGV2aWNlLWV4cGxpY2l0MIIBSzCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAABAAAAAAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAAAAAA///////////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMVAMSdNgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8AAAAA//////////+85vqtpxeehPO5ysL8YyVRAgEBA0IABP9GTk2SnL9lhWIX0fq8XOfQfVoOuehKNr4uyRdi3FcWVc0KJnClO7HgpIi/LZAin/EQW0k3O1LNAy24VSx0xTejUDBOMAwGA1UdEwEB/wQCMAAwHwYDVR0jBBgwFoAU47hyYZGzUcLKL2QAfnuvHP/bMcAwHQYDVR0OBBYEFC0CIRLUGxghBaY4JTzCzzlwX78+MAoGCCqGSM49BAMCA0gAMEUCIQCfkrJm9WcmvMD7B2ttIywhd/AVbFHT5490Z0il3fUVCwIgIWrQheGc2/r8xPoDykAYMtXNbciGb8K+2qBNDWbSrJs='),
    ('sha1', 'MIIBazCCARKgAwIBAgIBTjAJBgcqhkjOPQQBMBgxFjAUBgNVBAMMDU1ha2VyIGRldmljZXMwHhcNMjYxMTI3MDczMzU4WhcNMzYxMTI0MDczMzU4WjAWMRQwEgYDVQQDDAtkZXZpY2Utc2hhMTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPA5ZdkuisUXQ+lDTx2ieOpyt2CSb5YhoTsIX5ZYurQpCfeBtt0OMlLtQ0+0c+5ApyZxXJ0NVbafO8ihcZqFh+ejUDBOMAwGA1UdEwEB/wQCMAAwHwYDVR0jBBgwFoAU47hyYZGzUcLKL2QAfnuvHP/bMcAwHQYDVR0OBBYEFMlH5ZxgxpgpbjEiBcgvRsDepoFIMAkGByqGSM49BAEDSAAwRQIgKNOdYGcAqEH/RwQ/vDEf3CxlIeuQsgG8u7qWiCswuNsCIQCdAWBuiMmZ+WxG+7KWdafey0AvFXrgw/OTM9dqp18SHg==');
CREATE VIEW pem AS SELECT name, '-----BEGIN CERTIFICATE-----
' || base64 || '
-----END CERTIFICATE-----
' AS text FROM made;
CREATE VIEW root AS SELECT text FROM pem WHERE name = 'root';
CREATE VIEW maker AS SELECT text FROM pem WHERE name = 'maker';

-- A path, from the leaf on.
SELECT canonical_json(verify_chain(pem.text, maker.text, root.text) -> 'chain'), verify_chain(pem.text, maker.text, root.text) ->> 'anchor' FROM pem, maker, root WHERE name = 'leaf';
SELECT 'the keys are theirs' FROM pem, maker, root WHERE name = 'leaf' AND verify_chain(pem.text, maker.text, root.text) ->> 'key_sha256' = certificate_inspect(pem.text) ->> 'key_sha256' AND verify_chain(pem.text, maker.text, root.text) ->> 'anchor_key_sha256' = certificate_inspect(root.text) ->> 'key_sha256';
-- The same in any order, twice, with the root, the leaf and strangers among them, in one text, as base64.
SELECT canonical_json(verify_chain(pem.text, forged.text || root.text || maker.text || 'a comment
' || pem.text || maker.text, other.text || root.text) -> 'chain') FROM pem, maker, root, pem AS other, pem AS forged WHERE pem.name = 'leaf' AND other.name = 'other' AND forged.name = 'forged';
SELECT canonical_json(verify_chain(pem.text || maker.text, '', root.text) -> 'chain') FROM pem, maker, root WHERE name = 'leaf';
SELECT canonical_json(verify_chain(leaf.base64, maker.base64, root.base64) -> 'chain') FROM made AS leaf, made AS maker, made AS root WHERE leaf.name = 'leaf' AND maker.name = 'maker' AND root.name = 'root';
-- Who trusts the intermediate ends there.
SELECT canonical_json(verify_chain(pem.text, '', maker.text) -> 'chain') FROM pem, maker WHERE name = 'leaf';

-- Each that is refused, and why.
SELECT name, verify_chain(text, (SELECT text FROM maker) || (SELECT text FROM pem WHERE name = 'short') || (SELECT text FROM pem WHERE name = 'leaf') || (SELECT text FROM pem WHERE name = 'below') || (SELECT text FROM pem WHERE name = 'constrained'), (SELECT text FROM root)) ->> 'reason' AS reason FROM pem
    WHERE name NOT LIKE 'list%' ORDER BY name;
SELECT 'no intermediate', canonical_json(verify_chain(pem.text, '', root.text)) FROM pem, root WHERE name = 'leaf';
SELECT 'another root', canonical_json(verify_chain(pem.text, maker.text, other.text)) FROM pem, maker, pem AS other WHERE pem.name = 'leaf' AND other.name = 'other';
SELECT 'nobody is trusted', canonical_json(verify_chain(pem.text, maker.text, '')) FROM pem, maker WHERE name = 'leaf';
SELECT 'an anchor does not vouch for itself', canonical_json(verify_chain(root.text, '', root.text)) FROM root;
SELECT 'forged', verify_chain(pem.text, forged.text, root.text) ->> 'reason' FROM pem, root, pem AS forged WHERE pem.name = 'leaf' AND forged.name = 'forged';
SELECT 'text', canonical_json(verify_chain('', '', '')), canonical_json(verify_chain('x', '', '')), canonical_json(verify_chain('-----BEGIN CERTIFICATE-----
MIIB
-----END CERTIFICATE-----', '', ''));
SELECT 'null gives null' WHERE verify_chain(NULL, '', '') IS NULL AND verify_chain('', NULL, '') IS NULL AND verify_chain('', '', NULL) IS NULL AND certificate_inspect(NULL) IS NULL;

-- What the caller asks for.
CREATE TABLE asked (number integer, name text, policy jsonb);
INSERT INTO asked VALUES
    (1, 'leaf', '{"depth_max":3}'), (2, 'leaf', '{"depth_max":2}'),
    (3, 'leaf', '{"purpose":"clientAuth"}'), (4, 'leaf', '{"purpose":"1.3.6.1.5.5.7.3.2"}'), (5, 'leaf', '{"purpose":"serverAuth"}'), (6, 'critical', '{"purpose":"clientAuth","critical":["1.3.6.1.4.1.55555.1"]}'),
    (10, 'critical', '{"critical":["1.3.6.1.4.1.55555.1"]}'), (11, 'critical', '{"critical":["1.3.6.1.4.1.55555.2"]}'),
    (12, 'no-key-identifier', '{"strict":true}'), (13, 'no-key-identifier', '{"strict":false}'), (14, 'ek', '{"purpose":"tpmEndorsementKey"}'),
    -- The last second counts; who is late may be let in, who is early never.
    (20, 'leaf', '{"now":1798761600}'), (21, 'leaf', '{"now":1798761601}'), (22, 'leaf', '{"now":1798761600.5}'), (23, 'leaf', '{"now":1798761601,"expired":"allow_leaf"}'),
    (24, 'leaf', '{"now":1735689599,"expired":"allow_leaf"}'), (25, 'leaf', '{"now":1735689600}'), (26, 'leaf', '{"now":1900000000,"expired":"allow_leaf"}'), (27, 'ever', '{}'), (28, 'leaf', '{"now":1798761601,"expired":"refuse"}'),
    (30, 'leaf', '{"deny":{"serials":["AB:01"]}}'), (31, 'leaf', '{"deny":{"serials":["0000ab01"]}}'), (32, 'leaf', '{"deny":{"serials":["1001"]}}'), (33, 'leaf', '{"deny":{"serials":["ab02"],"keys":[]}}');
SELECT number, name, policy ->> 'now', canonical_json(verify_chain(pem.text, maker.text, root.text, policy)) FROM asked JOIN pem USING (name), maker, root WHERE verify_chain(pem.text, maker.text, root.text, policy) ->> 'reason' IS NOT NULL ORDER BY number;
SELECT number FROM asked JOIN pem USING (name), maker, root WHERE canonical_json(verify_chain(pem.text, maker.text, root.text, policy) -> 'valid') = 'true' ORDER BY number;
SELECT 'denied key', verify_chain(pem.text, maker.text, root.text, json('{"deny":{"keys":["' || (certificate_inspect(maker.text) ->> 'key_sha256') || '"]}}')) ->> 'subject' FROM pem, maker, root WHERE name = 'leaf';

-- Revocation lists that were imported.
CREATE TABLE lists (number integer, names text, revocation text);
INSERT INTO lists VALUES (1, 'list', 'listed'), (2, 'list-empty', 'listed'), (3, 'list-empty', 'all'), (4, 'list-empty list-root-empty', 'all'), (5, 'list-root', 'listed'), (6, 'list-old', 'listed'),
    (7, 'list-forged', 'listed'), (8, 'list-unnumbered', 'listed'), (9, 'list-root-empty', 'listed'), (10, 'list-forged list', 'listed');
SELECT number, names, revocation, verdict ->> 'reason', verdict ->> 'subject', verdict ->> 'revocation_reason' FROM (
    SELECT number, names, revocation, verify_chain(pem.text, maker.text, root.text, json('{"revocation":"' || revocation || '","crls":["' || one.base64 || '"' || coalesce(',"' || two.base64 || '"', '') || ']}')) AS verdict
    FROM lists JOIN pem ON pem.name = 'leaf' JOIN made AS one ON one.name = CASE WHEN names LIKE '% %' THEN substr(names, 1, CASE WHEN names LIKE 'list-forged %' THEN 11 ELSE 10 END) ELSE names END
        LEFT JOIN made AS two ON names LIKE '% %' AND two.name = CASE WHEN names LIKE 'list-forged %' THEN 'list' ELSE 'list-root-empty' END, maker, root) AS judged ORDER BY number;

-- A policy that nobody could have meant.
SELECT verify_chain('', '', '', '{"dept_max":3}');
SELECT verify_chain('', '', '', '{"depth_max":1}');
SELECT verify_chain('', '', '', '{"depth_max":17}');
SELECT verify_chain('', '', '', '{"now":"2026-01-01T00:00:00Z"}');
SELECT verify_chain('', '', '', '{"purpose":"everything"}');
SELECT verify_chain('', '', '', '{"purpose":7}');
SELECT verify_chain('', '', '', '{"expired":"allow"}');
SELECT verify_chain('', '', '', '{"strict":1}');
SELECT verify_chain('', '', '', '{"critical":["x"]}');
SELECT verify_chain('', '', '', '{"revocation":"some"}');
SELECT verify_chain('', '', '', '{"crls":["MIIB"]}');
SELECT verify_chain('', '', '', '{"crls":"x"}');
SELECT verify_chain('', '', '', '{"deny":[]}');
SELECT verify_chain('', '', '', '{"deny":{"serial":["01"]}}');
SELECT verify_chain('', '', '', '{"deny":{"serials":["0x01"]}}');
SELECT verify_chain('', '', '', '{"deny":{"keys":["01"]}}');
SELECT verify_chain('', '', '', '[]');

-- What they say.
SELECT name, canonical_json(certificate_inspect(text)) FROM pem WHERE name IN ('leaf', 'maker', 'ek', 'rsa1024', 'list') ORDER BY name;
SELECT canonical_json(certificate_inspect('')), canonical_json(certificate_inspect('MAA='));
