-- a row is a verdict whose sentence is too long
with

verdicts as (

    select * from {{ ref('fct_verdicts') }}

),

long as (

    select
        segment,
        month,
        sentence

    from verdicts

    where length(sentence) - length(replace(sentence, ' ', '')) + 1 > 35

)

select * from long
