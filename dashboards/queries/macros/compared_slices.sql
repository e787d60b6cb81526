-- the slices to show side by side, by name
create or replace temp macro compared_slices(row_names, row_slices, row_slice_values) as table (
    select
        unnest(row_names) as name,
        unnest(row_slices) as slice,
        unnest(row_slice_values) as slice_value
);
