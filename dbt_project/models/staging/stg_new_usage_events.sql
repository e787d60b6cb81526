with

known as (

    select * from ({{ known_usage_events(new_only=true) }})

)

select * from known
