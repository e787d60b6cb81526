with

export_status as (

    select * from {{ ref('stg_export_status') }}

),

load_ledger as (

    select * from {{ ref('stg_load_ledger') }}

),

export_months as (

    select * from {{ ref('fct_export_months') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

files as (

    select
        export,
        count(*) as file_count,
        count(refused_reason) as refused_file_count,
        sum(rows_read) as rows_read,
        sum(loaded) as loaded,
        sum(revisions) as revisions,
        sum(duplicates) as duplicates,
        sum(quarantined) as quarantined,
        sum(skipped) as skipped,
        max(landed_at) as last_landed_at

    from load_ledger

    group by export

),

months as (

    select
        export,
        count(*) as closed_months,
        sum(case when is_gap then 1 else 0 end) as gap_months

    from export_months

    where not is_provisional

    group by export

),

final as (

    select
        export_status.export,
        export_status.is_present,
        export_status.is_required,
        export_status.reason,
        cast(coalesce(files.file_count, 0) as bigint) as file_count,
        cast(coalesce(files.refused_file_count, 0) as bigint) as refused_file_count,
        cast(coalesce(files.rows_read, 0) as bigint) as rows_read,
        cast(coalesce(files.loaded, 0) as bigint) as loaded,
        cast(coalesce(files.revisions, 0) as bigint) as revisions,
        cast(coalesce(files.duplicates, 0) as bigint) as duplicates,
        cast(coalesce(files.quarantined, 0) as bigint) as quarantined,
        cast(coalesce(files.skipped, 0) as bigint) as skipped,
        cast(
            coalesce(
                files.rows_read - files.loaded - files.revisions - files.duplicates
                - files.quarantined - files.skipped,
                0
            ) as bigint
        ) as unaccounted_rows,
        case
            when files.rows_read > 0
                then
                    {{ ratio(
                        'cast(files.rows_read - files.quarantined as decimal(18, 0))',
                        'cast(files.rows_read as decimal(18, 0))'
                    ) }}
        end as accepted_ratio,
        files.last_landed_at,
        export_status.first_at,
        export_status.last_at,
        {{ ratio(
            'cast('
            ~ seconds_between('export_status.last_at', 'settings.as_of')
            ~ ' as decimal(18, 0))',
            'cast(3600 as decimal(18, 0))'
        ) }} as hours_behind,
        cast(months.closed_months as bigint) as closed_months,
        cast(months.gap_months as bigint) as gap_months

    from export_status

    cross join settings

    left join files
        on export_status.export = files.export

    left join months
        on export_status.export = months.export

)

select * from final
