-- a returned row is an account's month whose movements do not lead from its opening to its closing
-- MRR, in its own currency or in the reporting currency
select
    account_id,
    month,
    currency,
    version
from {{ ref('fct_mrr_movements') }}
where
    opening + new + expansion + contraction + churn + reactivation + currency_effect
    + restatement <> closing
    or opening_reporting + new_reporting + expansion_reporting + contraction_reporting
    + churn_reporting + reactivation_reporting + currency_effect_reporting
    + restatement_reporting <> closing_reporting
