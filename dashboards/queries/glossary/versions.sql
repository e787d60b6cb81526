select
    settings.price_version,
    versions.thresholds_version,
    versions.code_version,
    settings.build_id,
    settings.time_zone,
    settings.reporting_currency,
    settings.value_meter
from marts.dim_settings as settings
left join marts.dim_verdict_versions as versions on versions.segment = $segment
