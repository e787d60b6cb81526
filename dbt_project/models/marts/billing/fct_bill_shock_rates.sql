with

bills as (

    select * from {{ ref('fct_bill_shock') }}

),

-- every account counts in its own segment and in `all`
counted as (

    select
        segment,
        month,
        scenario_id,
        is_jump,
        is_shock,
        is_provisional

    from bills

    union all

    select
        'all' as segment,
        month,
        scenario_id,
        is_jump,
        is_shock,
        is_provisional

    from bills

),

-- a bill without a baseline (is_shock is null) is counted apart, never as no shock
tallied as (

    select
        segment,
        month,
        scenario_id,
        count(*) as bills,
        count(is_shock) as baseline_bills,
        count(*) filter (where is_jump) as jumps,
        count(*) filter (where is_shock) as shocks,
        cast(max(cast(is_provisional as integer)) as boolean) as is_provisional

    from counted

    group by
        segment,
        month,
        scenario_id

),

rated as (

    select
        segment,
        month,
        scenario_id,
        bills,
        baseline_bills,
        jumps,
        shocks,
        {{ ratio('jumps', 'baseline_bills') }} as jump_rate,
        {{ ratio('shocks', 'baseline_bills') }} as shock_rate,
        is_provisional

    from tallied

)

select * from rated
