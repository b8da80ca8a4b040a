-- One row an alert: the truth behind its DetectedIssue.
create table subscriptions.alert (
  tenant_id text not null,
  alert_id text not null,
  patient_id text not null,
  rule_id text not null,
  rule_version text not null,
  tier text not null,
  family text not null,
  title text not null,
  state text not null,
  onset timestamptz not null,
  -- Event time of the sample that completed the condition, and our time of the decision.
  completed_at timestamptz not null,
  raised_at timestamptz not null,
  evidence text not null,
  cleared_at timestamptz,
  acknowledged_at timestamptz,
  acknowledged_by text,
  acknowledged_name text,
  acknowledged_reason text,
  resolved_at timestamptz,
  resolved_by text,
  resolved_name text,
  resolved_reason text,
  constraint alert_pk primary key (tenant_id, alert_id),
  constraint alert_tier_ck check (tier in ('HIGH', 'MEDIUM', 'LOW', 'TECH')),
  constraint alert_state_ck check (state in ('RAISED', 'ACKNOWLEDGED', 'RESOLVED')),
  constraint alert_acknowledged_ck check (state <> 'ACKNOWLEDGED' or acknowledged_at is not null),
  constraint alert_resolved_ck check ((state = 'RESOLVED') = (resolved_at is not null))
);

-- One finding rings once: a second raise of the same rule and tier finds the open alert.
create unique index alert_open_uk on subscriptions.alert (tenant_id, patient_id, rule_id, tier)
  where state <> 'RESOLVED';

create index alert_patient_ix on subscriptions.alert (tenant_id, patient_id, raised_at);

-- What the engine decided last about a signal family of a patient.
create table subscriptions.episode (
  tenant_id text not null,
  patient_id text not null,
  family text not null,
  decided_at timestamptz not null,
  rule_id text,
  tier text,
  alert_id text,
  device_id text,
  raised_at timestamptz,
  constraint episode_pk primary key (tenant_id, patient_id, family),
  constraint episode_open_ck check (num_nulls(rule_id, tier, alert_id, device_id, raised_at) in (0, 5))
);
