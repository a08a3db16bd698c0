-- SPDX-License-Identifier: Apache-2.0
-- statements.sql: every statement can be prepared, and no plan of ours depends on what the planner knew when it was made.
SELECT idplane.check_installation() IS NOT NULL AS prepared;
SET plan_cache_mode = force_generic_plan;
SELECT idplane.issue_device_code('tv') ? 'device_code' AS issued;
SET plan_cache_mode = force_custom_plan;
SELECT idplane.issue_device_code('tv') ? 'device_code' AS issued;
RESET plan_cache_mode;
ANALYZE idplane.device_code;
SELECT idplane.issue_device_code('tv') ? 'device_code' AS issued;
