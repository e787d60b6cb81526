-- an account's utilization over the given window: the whole month or its last days
create or replace temp macro utilization_over(wanted_window, of_month, of_28_days, of_7_days) as (
    case wanted_window
        when 'Month' then of_month
        when '28 days' then of_28_days
        when '7 days' then of_7_days
    end
);
