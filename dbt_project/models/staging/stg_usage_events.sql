with

known as (

    select * from ({{ known_usage_events() }})

)

select * from known
