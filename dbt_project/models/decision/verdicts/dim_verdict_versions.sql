with

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

churn_bands as (

    select bands.* from ({{ churn_bands(ref('stg_churn_assumptions')) }}) as bands

),

definitions as (

    select * from {{ ref('dim_definition_versions') }}
    where model = 'fct_verdicts' and is_latest

),

versions as (

    select * from {{ ref('stg_versions') }}

),

-- what is assumed holds for every segment
rules as (

    select
        segment,
        concat_ws(
            ' ',
            name,
            cast(cast(fires_at as decimal(18, 6)) as varchar),
            coalesce(cast(cast(clears_at as decimal(18, 6)) as varchar), 'none'),
            coalesce(direction, 'none')
        ) as rule

    from thresholds

    union all

    select
        segments.segment,
        concat_ws(
            ' ',
            'churn from',
            cast(cast(churn_bands.increase_over as decimal(18, 6)) as varchar),
            cast(cast(churn_bands.extra_churn_ratio as decimal(18, 6)) as varchar)
        ) as rule

    from churn_bands

    cross join (select distinct segment from thresholds) as segments

),

hashed as (

    select
        segment,
        md5({{ ordered_text('rule', 'rule', "'|'") }}) as thresholds_version

    from rules

    group by segment

),

final as (

    select
        hashed.segment,
        hashed.thresholds_version,
        versions.price_version,
        versions.code_version,
        definitions.version as rule_version,
        definitions.changed_on as rule_since

    from hashed

    cross join versions

    -- what decides, by the versions of the verdicts' own definition
    cross join definitions

)

select * from final
