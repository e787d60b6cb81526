with

told as (

    select * from {{ ref('stg_reported_verdicts') }}

),

verdicts as (

    select * from {{ ref('fct_verdicts') }}

),

versions as (

    select * from {{ ref('dim_verdict_versions') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

build_versions as (

    select * from {{ ref('stg_versions') }}

),

scenarios as (

    select names.* from ({{ scenario_names(ref('stg_scenarios')) }}) as names

),

account_revisions as (

    select * from {{ ref('stg_account_revisions') }}

),

restatements as (

    select * from {{ ref('fct_restatements') }}

),

last_judged as (

    select max(month) as month from verdicts

),

-- what this build says of its latest month is told with it, in the columns of what was told before
telling_now as (

    select
        cast(null as integer) as telling,
        'published' as source,
        settings.as_of,
        build_versions.build_id,
        verdicts.segment,
        verdicts.month,
        verdicts.verdict,
        verdicts.scenario_id,
        verdicts.confidence,
        verdicts.weakest_link,
        verdicts.sentence,
        verdicts.flips,
        versions.price_version,
        versions.thresholds_version,
        versions.code_version

    from verdicts

    inner join last_judged
        on verdicts.month = last_judged.month

    inner join versions
        on verdicts.segment = versions.segment

    cross join settings

    cross join build_versions

),

tellings as (

    select
        told.*,
        false as is_now

    from told

    union all

    select
        telling_now.*,
        true as is_now

    from telling_now

),

-- the first telling is the verdict of the month, whatever was told of it later
ordered as (

    select
        *,
        row_number() over (
            partition by segment, month
            order by is_now, telling
        ) as place,
        row_number() over (
            partition by segment, month
            order by is_now desc, telling desc
        ) as place_from_last

    from tellings

),

lasts as (

    select
        segment,
        month,
        count(distinct build_id) as telling_count,
        max(case when place_from_last = 1 then verdict end) as last_verdict,
        max(case when place_from_last = 1 then as_of end) as last_as_of

    from ordered

    group by segment, month

),

firsts as (

    select * from ordered

    where place = 1

),

-- accounts that were in another segment when a verdict was told
moments as (

    select distinct as_of from firsts

),

moved_ever as (

    select account_id
    from account_revisions
    group by account_id
    having
        count(distinct coalesce(segment, 'unknown')) > 1

),

segments_now as (

    select
        account_revisions.account_id,
        max_by(coalesce(account_revisions.segment, 'unknown'), account_revisions.revision)
            as segment

    from account_revisions

    inner join moved_ever
        on account_revisions.account_id = moved_ever.account_id

    group by account_revisions.account_id

),

segments_then as (

    select
        moments.as_of,
        account_revisions.account_id,
        max_by(coalesce(account_revisions.segment, 'unknown'), account_revisions.revision)
            as segment

    from account_revisions

    inner join moved_ever
        on account_revisions.account_id = moved_ever.account_id

    inner join moments
        on account_revisions.recorded_at <= moments.as_of

    group by moments.as_of, account_revisions.account_id

),

moves as (

    select
        segments_then.as_of,
        segments_then.segment as left_segment,
        segments_now.segment as joined_segment

    from segments_then

    inner join segments_now
        on segments_then.account_id = segments_now.account_id

    where segments_then.segment <> segments_now.segment

),

moved as (

    select
        as_of,
        left_segment as segment
    from moves

    union distinct

    select
        as_of,
        joined_segment as segment
    from moves

),

-- figures up to the month that late rows have changed since it was told
restated as (

    select
        firsts.segment,
        firsts.month,
        count(*) as restated_figures

    from firsts

    inner join restatements
        on
            restatements.month <= firsts.month
            and restatements.first_late_at > firsts.as_of
            and firsts.segment in ('all', restatements.segment)

    group by firsts.segment, firsts.month

),

joined as (

    select
        coalesce(firsts.segment, verdicts.segment) as segment,
        coalesce(firsts.month, verdicts.month) as month,
        coalesce(firsts.source, 'not_told') as source,
        firsts.as_of as told_as_of,
        firsts.build_id as told_build_id,
        firsts.verdict,
        firsts.scenario_id,
        firsts.confidence,
        firsts.weakest_link,
        firsts.sentence,
        firsts.flips,
        coalesce(lasts.telling_count, 0) as telling_count,
        lasts.last_verdict,
        lasts.last_as_of,
        verdicts.verdict as recomputed_verdict,
        verdicts.scenario_id as recomputed_scenario_id,
        verdicts.confidence as recomputed_confidence,
        verdicts.sentence as recomputed_sentence,
        case
            when firsts.segment is not null
                then
                    coalesce(firsts.verdict <> verdicts.verdict, true)
                    or coalesce(firsts.scenario_id, '') <> coalesce(verdicts.scenario_id, '')
                    or coalesce(firsts.confidence <> verdicts.confidence, true)
        end as is_different,
        coalesce(firsts.scenario_id, '') <> coalesce(verdicts.scenario_id, '')
        and cast(scenarios.proposed_on as timestamp)
        >= {{ local_time('firsts.as_of', 'settings.time_zone') }} as is_later_proposal,
        firsts.code_version <> versions.code_version as has_other_code,
        firsts.thresholds_version <> versions.thresholds_version as has_other_thresholds,
        firsts.price_version <> versions.price_version as has_other_prices,
        moved.segment is not null or verdicts.segment is null as has_other_accounts,
        -- bills ahead of a past month are not projected again
        firsts.month < last_judged.month
        and (
            firsts.sentence like '%' || {{ window_text("'first_bill'") }} || '%'
            or firsts.sentence like '%' || {{ window_text("'next_12'") }} || '%'
        ) as has_windows_ahead,
        restated.restated_figures,
        firsts.code_version is null as is_unversioned

    from firsts

    full outer join verdicts
        on firsts.segment = verdicts.segment and firsts.month = verdicts.month

    left join lasts
        on firsts.segment = lasts.segment and firsts.month = lasts.month

    left join versions
        on firsts.segment = versions.segment

    left join scenarios
        on verdicts.scenario_id = scenarios.scenario_id

    left join moved
        on firsts.segment = moved.segment and firsts.as_of = moved.as_of

    left join restated
        on firsts.segment = restated.segment and firsts.month = restated.month

    cross join settings

    cross join last_judged

),

-- the same code, rules, prices and accounts can only differ by what became known since
reasoned as (

    select
        *,
        concat_ws(
            ', ',
            case when has_other_code then 'code' end,
            case when has_other_thresholds then 'thresholds' end,
            case when has_other_prices then 'price_book' end,
            case when is_later_proposal then 'later_proposal' end,
            case when has_other_accounts then 'segment' end,
            case when has_windows_ahead then 'windows_ahead' end,
            case when restated_figures > 0 then 'restated' end
        ) as reasons

    from joined

),

final as (

    select
        segment,
        month,
        source,
        told_as_of,
        told_build_id,
        verdict,
        scenario_id,
        confidence,
        weakest_link,
        sentence,
        flips,
        cast(telling_count as integer) as telling_count,
        last_verdict,
        last_as_of,
        recomputed_verdict,
        recomputed_scenario_id,
        recomputed_confidence,
        recomputed_sentence,
        is_different,
        case
            when not is_different or is_different is null then null
            when reasons <> '' then reasons
            when is_unversioned then 'unknown'
            else 'later_data'
        end as difference_reasons,
        case when is_different then cast(coalesce(restated_figures, 0) as integer) end
            as restated_figures

    from reasoned

)

select * from final
