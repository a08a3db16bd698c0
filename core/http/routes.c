/* SPDX-License-Identifier: Apache-2.0 */
/* routes.c - every path that is answered. A new endpoint is a row here and a handler in its own
 * file. The paths below /oauth2 are those of IBM Security Verify Access, those of service instances
 * those of Kyma's environment broker: their clients keep working. */
#include "core/http/http.h"

#define FORM IDP_FORM_MEDIA_TYPE
#define JSON IDP_JSON_MEDIA_TYPE

const struct idp_route idp_routes[] = {
    {"/token", IDP_POST, IDP_WRITES, false, FORM, idp_answer_token},
    {"/device_authorization", IDP_POST, IDP_WRITES, false, FORM, idp_answer_device_authorization},
    {"/healthz", IDP_GET, IDP_READS, true, NULL, idp_answer_health},
    {"/jwks", IDP_GET, IDP_READS, false, NULL, idp_answer_jwks},
    {"/.well-known/oauth-authorization-server", IDP_GET, IDP_READS, false, NULL,
     idp_answer_metadata},
    {"/.well-known/openid-configuration", IDP_GET, IDP_READS, false, NULL, idp_answer_metadata},
    {"/device", IDP_GET, IDP_WRITES, false, NULL, idp_answer_device_page},
    {"/device", IDP_POST, IDP_WRITES, false, FORM, idp_answer_device_page},
    {"/device/qr", IDP_GET, IDP_READS, false, NULL, idp_answer_device_qr},
    {"/oauth2/user_authorization", IDP_GET, IDP_WRITES, false, NULL, idp_answer_device_page},
    {"/oauth2/user_authorization", IDP_POST, IDP_WRITES, false, FORM, idp_answer_device_page},
    {"/login", IDP_GET, IDP_WRITES, false, NULL, idp_answer_login_page},
    {"/login_options", IDP_GET, IDP_READS, false, NULL, idp_answer_login_options},
    {"/session", IDP_GET, IDP_WRITES, false, NULL, idp_answer_session},
    {"/sso/{}/login", IDP_GET, IDP_WRITES, false, NULL, idp_answer_sso_login},
    {"/sso/{}/callback", IDP_GET, IDP_WRITES, false, NULL, idp_answer_sso_callback},
    {"/sso/{}/logout", IDP_POST, IDP_WRITES, false, FORM, idp_answer_sso_logout},
    {"/sso/{}/backchannel", IDP_POST, IDP_WRITES, false, FORM, idp_answer_sso_backchannel},
    {"/tenant/loginOptions", IDP_GET, IDP_READS, false, NULL, idp_answer_options_list},
    {"/tenant/loginOptions", IDP_POST, IDP_WRITES, false, NULL, idp_answer_option_post},
    {"/tenant/loginOptions/{}", IDP_GET, IDP_READS, false, NULL, idp_answer_option_get},
    {"/tenant/loginOptions/{}", IDP_PUT, IDP_WRITES, false, NULL, idp_answer_option_put},
    {"/tenant/loginOptions/{}", IDP_DELETE, IDP_WRITES, false, NULL, idp_answer_option_delete},
    {"/tenant/loginOptions/{}/restrict", IDP_PUT, IDP_WRITES, false, NULL,
     idp_answer_option_restrict},
    {"/tenant/loginOptions/{}/accessMappings", IDP_GET, IDP_READS, false, NULL,
     idp_answer_access_mappings},
    {"/tenant/loginOptions/{}/accessMappings", IDP_POST, IDP_WRITES, false, NULL,
     idp_answer_access_mappings},
    {"/tenant/loginOptions/{}/accessMappings/{}", IDP_GET, IDP_READS, false, NULL,
     idp_answer_access_mappings},
    {"/tenant/loginOptions/{}/accessMappings/{}", IDP_PUT | IDP_DELETE, IDP_WRITES, false, NULL,
     idp_answer_access_mappings},
    {"/tenant/loginOptions/{}/inventoryAccessMappings", IDP_GET, IDP_READS, false, NULL,
     idp_answer_inventory_mappings},
    {"/tenant/loginOptions/{}/inventoryAccessMappings", IDP_POST, IDP_WRITES, false, NULL,
     idp_answer_inventory_mappings},
    {"/tenant/loginOptions/{}/inventoryAccessMappings/{}", IDP_GET, IDP_READS, false, NULL,
     idp_answer_inventory_mappings},
    {"/tenant/loginOptions/{}/inventoryAccessMappings/{}", IDP_PUT | IDP_DELETE, IDP_WRITES, false,
     NULL, idp_answer_inventory_mappings},
    {"/oauth2/token", IDP_POST, IDP_WRITES, false, FORM, idp_answer_token},
    {"/oauth2/device_authorization", IDP_POST, IDP_WRITES, false, FORM,
     idp_answer_device_authorization},
    {"/oauth/v2/service_instances/{}", IDP_PUT, IDP_WRITES, false, JSON, idp_answer_service_put},
    {"/oauth/v2/service_instances/{}", IDP_PATCH, IDP_WRITES, false, JSON,
     idp_answer_service_patch},
    {"/oauth/v2/service_instances/{}", IDP_GET, IDP_READS, false, NULL, idp_answer_service_get},
    {"/oauth/v2/service_instances/{}/last_operation", IDP_GET, IDP_READS, false, NULL,
     idp_answer_service_operation},
    {"/v2/service_instances/{}", IDP_PUT, IDP_WRITES, false, JSON, idp_answer_service_put},
    {"/v2/service_instances/{}", IDP_PATCH, IDP_WRITES, false, JSON, idp_answer_service_patch},
    {"/v2/service_instances/{}", IDP_GET, IDP_READS, false, NULL, idp_answer_service_get},
    {"/v2/service_instances/{}/last_operation", IDP_GET, IDP_READS, false, NULL,
     idp_answer_service_operation},
};

const size_t idp_route_count = IDP_COUNT(idp_routes);
