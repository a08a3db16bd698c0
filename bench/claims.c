/* SPDX-License-Identifier: Apache-2.0 */
/* claims.c - one token and one policy for all. */
#include "bench/claims.h"

#include <stdio.h>

const char bench_claims[] =
    "{\"iss\":\"https://id.example.com\",\"sub\":\"6b4c8f2e-7a10-4d53-9c5e-2f8b1a7d3e90\","
    "\"aud\":\"https://api.example.com\",\"exp\":4102444800,\"nbf\":1767225600,\"iat\":1767225600,"
    "\"jti\":\"f3a1c9d27b5e4860a1b2\",\"client_id\":\"telly\",\"scope\":\"openid films series\","
    "\"auth_time\":1767225000,\"acr\":\"urn:example:silver\",\"email_verified\":true,"
    "\"groups\":[\"viewers\",\"family\"],\"locale\":\"en\",\"zoneinfo\":\"Europe/Berlin\"}";

void policy_write(char policy[POLICY_SIZE_MAX], const char *algorithm)
{
    snprintf(policy, POLICY_SIZE_MAX,
             "{\"algs\":[\"%s\"],\"iss\":\"https://id.example.com\","
             "\"aud\":\"https://api.example.com\",\"typ\":\"JWT\",\"require\":[\"exp\",\"sub\"]}",
             algorithm);
}
