-- The factory: facts at the grain of a day and shift (an hour for the last weeks) around six dimensions.
-- tenant_id is first in every key; row security is on everywhere. Ratios are left to the reader of the facts:
-- they are ratios of sums, never means of ratios.

create schema mfg;
comment on schema mfg is 'The factory: production, defects, stock and equipment as daily facts, with their dimensions';

create type mfg.equipment_event_type as enum ('alarm', 'breakdown', 'maintenance', 'setup', 'idle');
comment on type mfg.equipment_event_type is 'breakdown and idle are downtime, setup is a loss, maintenance is planned';

create table mfg.dim_date (
    tenant_id text not null,
    date date not null,
    year smallint not null,
    quarter smallint not null,
    month smallint not null,
    week smallint not null,
    day smallint not null,
    weekday smallint not null check (weekday between 1 and 7),
    is_weekend boolean not null,
    is_holiday boolean not null default false,
    holiday_name text,
    holiday_name_en text,
    is_workday boolean not null,
    fiscal_year smallint not null,
    fiscal_quarter smallint not null check (fiscal_quarter between 1 and 4),
    primary key (tenant_id, date)
);
comment on table mfg.dim_date is 'Calendar 2020–2030 with the public holidays of Korea; factories may change it';
comment on column mfg.dim_date.tenant_id is 'whose row it is';
comment on column mfg.dim_date.date is 'the day, in the factory''s own zone';
comment on column mfg.dim_date.year is 'calendar year';
comment on column mfg.dim_date.quarter is 'calendar quarter, 1 to 4';
comment on column mfg.dim_date.month is 'month, 1 to 12';
comment on column mfg.dim_date.week is 'ISO 8601 week, 1 to 53';
comment on column mfg.dim_date.day is 'day of the month';
comment on column mfg.dim_date.weekday is 'ISO day of the week: 1 Monday to 7 Sunday';
comment on column mfg.dim_date.is_weekend is 'Saturday or Sunday';
comment on column mfg.dim_date.is_holiday is 'public holiday (statutory, substitute, election or announced); listed in factory/holidays_kr.csv';
comment on column mfg.dim_date.holiday_name is 'name of the holiday in Korean';
comment on column mfg.dim_date.holiday_name_en is 'name of the holiday in English';
comment on column mfg.dim_date.is_workday is 'neither weekend nor holiday';
comment on column mfg.dim_date.fiscal_year is 'fiscal year; here the calendar year';
comment on column mfg.dim_date.fiscal_quarter is 'fiscal quarter, 1 to 4';

create table mfg.dim_line (
    tenant_id text not null,
    line_code text not null,
    line_name text not null,
    factory_code text not null,
    factory_name text not null,
    process text not null default '',
    manager text not null default '',
    is_active boolean not null default true,
    is_demo boolean not null default false,
    primary key (tenant_id, line_code)
);
comment on table mfg.dim_line is 'Production lines and the factory that each stands in';
comment on column mfg.dim_line.tenant_id is 'whose row it is';
comment on column mfg.dim_line.line_code is 'short name of the line';
comment on column mfg.dim_line.line_name is 'name to show';
comment on column mfg.dim_line.factory_code is 'short name of the factory';
comment on column mfg.dim_line.factory_name is 'name of the factory to show';
comment on column mfg.dim_line.process is 'what the line does: press, welding, injection, smt, …';
comment on column mfg.dim_line.manager is 'team that answers for it';
comment on column mfg.dim_line.is_active is 'in use';
comment on column mfg.dim_line.is_demo is 'true: made by the demo data, rewritten by it';

create table mfg.dim_product (
    tenant_id text not null,
    product_code text not null,
    product_name text not null,
    family text not null default '',
    unit text not null default 'EA',
    unit_cost_krw numeric(14, 2) not null default 0 check (unit_cost_krw >= 0),
    target_cycle_time_sec double precision check (target_cycle_time_sec > 0),
    is_active boolean not null default true,
    is_demo boolean not null default false,
    primary key (tenant_id, product_code)
);
comment on table mfg.dim_product is 'Products and their families';
comment on column mfg.dim_product.tenant_id is 'whose row it is';
comment on column mfg.dim_product.product_code is 'short name of the product';
comment on column mfg.dim_product.product_name is 'name to show';
comment on column mfg.dim_product.family is 'product family';
comment on column mfg.dim_product.unit is 'unit that it is counted in: EA, …';
comment on column mfg.dim_product.unit_cost_krw is 'cost of one unit in KRW';
comment on column mfg.dim_product.target_cycle_time_sec is 'planned run time per unit in seconds';
comment on column mfg.dim_product.is_active is 'still made';
comment on column mfg.dim_product.is_demo is 'true: made by the demo data, rewritten by it';

create table mfg.dim_equipment (
    tenant_id text not null,
    equipment_code text not null,
    equipment_name text not null,
    equipment_type text not null default '',
    line_code text not null,
    maker text not null default '',
    installed_on date,
    is_active boolean not null default true,
    is_demo boolean not null default false,
    primary key (tenant_id, equipment_code),
    foreign key (tenant_id, line_code) references mfg.dim_line
);
create index dim_equipment_line on mfg.dim_equipment (tenant_id, line_code);
comment on table mfg.dim_equipment is 'Machines and the line that each stands in';
comment on column mfg.dim_equipment.tenant_id is 'whose row it is';
comment on column mfg.dim_equipment.equipment_code is 'short name of the machine';
comment on column mfg.dim_equipment.equipment_name is 'name to show';
comment on column mfg.dim_equipment.equipment_type is 'press, robot, oven, mounter, …';
comment on column mfg.dim_equipment.line_code is 'the line that it stands in';
comment on column mfg.dim_equipment.maker is 'who built it';
comment on column mfg.dim_equipment.installed_on is 'in place since';
comment on column mfg.dim_equipment.is_active is 'in use';
comment on column mfg.dim_equipment.is_demo is 'true: made by the demo data, rewritten by it';

create table mfg.dim_shift (
    tenant_id text not null,
    shift text not null,
    shift_name text not null,
    starts_at time not null,
    duration_minutes int not null check (duration_minutes between 1 and 1440),
    break_minutes int not null default 0 check (break_minutes >= 0),
    primary key (tenant_id, shift)
);
comment on table mfg.dim_shift is 'Shifts: day 08–16, evening 16–24, night 00–08';
comment on column mfg.dim_shift.tenant_id is 'whose row it is';
comment on column mfg.dim_shift.shift is 'day, evening, night';
comment on column mfg.dim_shift.shift_name is 'name to show';
comment on column mfg.dim_shift.starts_at is 'begin, in the factory''s own zone, on the date that the facts carry';
comment on column mfg.dim_shift.duration_minutes is 'from begin to end, in minutes';
comment on column mfg.dim_shift.break_minutes is 'planned breaks within it: planned downtime';

create table mfg.dim_kpi (
    tenant_id text not null,
    kpi_code text not null,
    kpi_name text not null,
    unit text not null default '%',
    target double precision,
    threshold_green double precision not null,
    threshold_yellow double precision not null,
    threshold_red double precision not null,
    higher_is_better boolean not null,
    description text not null default '',
    primary key (tenant_id, kpi_code),
    check (case when higher_is_better
           then threshold_green >= threshold_yellow and threshold_yellow >= threshold_red
           else threshold_green <= threshold_yellow and threshold_yellow <= threshold_red end)
);
comment on table mfg.dim_kpi is 'Key figures with their target and traffic lights';
comment on column mfg.dim_kpi.tenant_id is 'whose row it is';
comment on column mfg.dim_kpi.kpi_code is 'oee, availability, performance, quality, defect_rate, yield_rate';
comment on column mfg.dim_kpi.kpi_name is 'name to show';
comment on column mfg.dim_kpi.unit is 'unit of the figure and of its thresholds';
comment on column mfg.dim_kpi.target is 'what is aimed at';
comment on column mfg.dim_kpi.threshold_green is 'green from here on';
comment on column mfg.dim_kpi.threshold_yellow is 'yellow from here to green; worse is red';
comment on column mfg.dim_kpi.threshold_red is 'worse than this is red and calls for action at once';
comment on column mfg.dim_kpi.higher_is_better is 'true: more is better (oee); false: less is better (defect_rate)';
comment on column mfg.dim_kpi.description is 'the formula, always a ratio of sums';

create table mfg.fact_daily_production (
    tenant_id text not null,
    date date not null,
    line_code text not null,
    product_code text not null,
    shift text not null,
    total_qty int not null check (total_qty >= 0),
    good_qty int not null check (good_qty >= 0),
    defect_qty int not null check (defect_qty >= 0),
    rework_qty int not null default 0 check (rework_qty >= 0),
    scrap_qty int not null default 0 check (scrap_qty >= 0),
    cycle_time_avg double precision,
    cycle_time_std double precision,
    runtime_minutes double precision not null check (runtime_minutes >= 0),
    downtime_minutes double precision not null default 0 check (downtime_minutes >= 0),
    setup_time_minutes double precision not null default 0 check (setup_time_minutes >= 0),
    planned_qty int not null check (planned_qty >= 0),
    target_cycle_time_sec double precision not null check (target_cycle_time_sec > 0),
    work_order_count int not null default 0,
    operator_count int not null default 0,
    is_demo boolean not null default false,
    primary key (tenant_id, date, line_code, product_code, shift),
    foreign key (tenant_id, line_code) references mfg.dim_line,
    foreign key (tenant_id, product_code) references mfg.dim_product,
    foreign key (tenant_id, shift) references mfg.dim_shift,
    check (good_qty + defect_qty = total_qty),
    check (rework_qty + scrap_qty <= defect_qty)
);
create index fact_daily_production_line on mfg.fact_daily_production (tenant_id, line_code, date);
create index fact_daily_production_product on mfg.fact_daily_production (tenant_id, product_code, date);
comment on table mfg.fact_daily_production is 'What each line made of each product in each shift of a day';
comment on column mfg.fact_daily_production.tenant_id is 'whose row it is';
comment on column mfg.fact_daily_production.date is 'day on which the shift began, in the factory''s own zone';
comment on column mfg.fact_daily_production.line_code is 'the line (mfg.dim_line)';
comment on column mfg.fact_daily_production.product_code is 'the product (mfg.dim_product)';
comment on column mfg.fact_daily_production.shift is 'day, evening, night (mfg.dim_shift)';
comment on column mfg.fact_daily_production.total_qty is 'units made, good and defective (PQ)';
comment on column mfg.fact_daily_production.good_qty is 'units right: total − defect (GQ)';
comment on column mfg.fact_daily_production.defect_qty is 'units not right the first time: reworked, scrapped or still held';
comment on column mfg.fact_daily_production.rework_qty is 'of the defects: reworked';
comment on column mfg.fact_daily_production.scrap_qty is 'of the defects: scrapped (SQ)';
comment on column mfg.fact_daily_production.cycle_time_avg is 'mean cycle time in seconds: runtime / total; null when nothing was made';
comment on column mfg.fact_daily_production.cycle_time_std is 'standard deviation of the cycle time in seconds';
comment on column mfg.fact_daily_production.runtime_minutes is 'minutes in which the line produced (APT)';
comment on column mfg.fact_daily_production.downtime_minutes is 'minutes lost to breakdowns and idling';
comment on column mfg.fact_daily_production.setup_time_minutes is 'minutes lost to setting up; a loss of availability';
comment on column mfg.fact_daily_production.planned_qty is 'units that were planned';
comment on column mfg.fact_daily_production.target_cycle_time_sec is 'planned run time per unit in seconds (PRI), as it was valid then';
comment on column mfg.fact_daily_production.work_order_count is 'work orders that were worked on';
comment on column mfg.fact_daily_production.operator_count is 'people at the line';
comment on column mfg.fact_daily_production.is_demo is 'true: made by the demo data, rewritten by it';

create table mfg.fact_daily_defect (
    tenant_id text not null,
    date date not null,
    line_code text not null,
    product_code text not null,
    shift text not null,
    defect_type text not null,
    defect_qty int not null check (defect_qty >= 0),
    defect_cost numeric(16, 2) not null default 0 check (defect_cost >= 0),
    root_cause text,
    countermeasure text,
    responsible_dept text,
    is_demo boolean not null default false,
    primary key (tenant_id, date, line_code, product_code, shift, defect_type),
    foreign key (tenant_id, line_code) references mfg.dim_line,
    foreign key (tenant_id, product_code) references mfg.dim_product,
    foreign key (tenant_id, shift) references mfg.dim_shift
);
create index fact_daily_defect_type on mfg.fact_daily_defect (tenant_id, defect_type, date);
comment on table mfg.fact_daily_defect is 'Defects by type; their sum is defect_qty of fact_daily_production (join after summing, or totals multiply)';
comment on column mfg.fact_daily_defect.tenant_id is 'whose row it is';
comment on column mfg.fact_daily_defect.date is 'day on which the shift began, in the factory''s own zone';
comment on column mfg.fact_daily_defect.line_code is 'the line (mfg.dim_line)';
comment on column mfg.fact_daily_defect.product_code is 'the product (mfg.dim_product)';
comment on column mfg.fact_daily_defect.shift is 'day, evening, night (mfg.dim_shift)';
comment on column mfg.fact_daily_defect.defect_type is 'scratch, burr, dimension, porosity, solder, …';
comment on column mfg.fact_daily_defect.defect_qty is 'defective units of this type';
comment on column mfg.fact_daily_defect.defect_cost is 'what they cost, in KRW';
comment on column mfg.fact_daily_defect.root_cause is 'cause as quality found it; null: not known';
comment on column mfg.fact_daily_defect.countermeasure is 'what was done about it';
comment on column mfg.fact_daily_defect.responsible_dept is 'department that answers for it';
comment on column mfg.fact_daily_defect.is_demo is 'true: made by the demo data, rewritten by it';

create table mfg.fact_inventory_snapshot (
    tenant_id text not null,
    date date not null,
    product_code text not null,
    location text not null,
    stock_qty int not null check (stock_qty >= 0),
    safety_stock_qty int not null default 0 check (safety_stock_qty >= 0),
    reserved_qty int not null default 0 check (reserved_qty >= 0),
    available_qty int not null,
    in_transit_qty int not null default 0 check (in_transit_qty >= 0),
    stock_value numeric(18, 2) not null default 0,
    avg_daily_usage double precision check (avg_daily_usage >= 0),
    coverage_days double precision,
    last_receipt_date date,
    last_issue_date date,
    is_demo boolean not null default false,
    primary key (tenant_id, date, product_code, location),
    foreign key (tenant_id, product_code) references mfg.dim_product,
    check (available_qty = stock_qty - reserved_qty)
);
create index fact_inventory_snapshot_product on mfg.fact_inventory_snapshot (tenant_id, product_code, date);
comment on table mfg.fact_inventory_snapshot is 'Stock of each product in each warehouse at the end of a day';
comment on column mfg.fact_inventory_snapshot.tenant_id is 'whose row it is';
comment on column mfg.fact_inventory_snapshot.date is 'the day, in the factory''s own zone';
comment on column mfg.fact_inventory_snapshot.product_code is 'the product (mfg.dim_product)';
comment on column mfg.fact_inventory_snapshot.location is 'the warehouse';
comment on column mfg.fact_inventory_snapshot.stock_qty is 'units there';
comment on column mfg.fact_inventory_snapshot.safety_stock_qty is 'units that should always be there';
comment on column mfg.fact_inventory_snapshot.reserved_qty is 'units promised to orders';
comment on column mfg.fact_inventory_snapshot.available_qty is 'stock − reserved';
comment on column mfg.fact_inventory_snapshot.in_transit_qty is 'units on their way to this warehouse';
comment on column mfg.fact_inventory_snapshot.stock_value is 'value of the stock in KRW';
comment on column mfg.fact_inventory_snapshot.avg_daily_usage is 'mean units issued per day over the last 30 days';
comment on column mfg.fact_inventory_snapshot.coverage_days is 'available / avg_daily_usage; null when nothing is used';
comment on column mfg.fact_inventory_snapshot.last_receipt_date is 'day of the last receipt';
comment on column mfg.fact_inventory_snapshot.last_issue_date is 'day of the last issue';
comment on column mfg.fact_inventory_snapshot.is_demo is 'true: made by the demo data, rewritten by it';

create table mfg.fact_equipment_event (
    tenant_id text not null,
    date date not null,
    equipment_code text not null,
    event_type mfg.equipment_event_type not null,
    event_count int not null check (event_count > 0),
    total_duration_minutes double precision not null check (total_duration_minutes >= 0),
    avg_duration_minutes double precision not null,
    max_duration_minutes double precision not null,
    severity_distribution jsonb not null default '{}',
    is_demo boolean not null default false,
    primary key (tenant_id, date, equipment_code, event_type),
    foreign key (tenant_id, equipment_code) references mfg.dim_equipment,
    check (max_duration_minutes <= total_duration_minutes + 0.001)
);
create index fact_equipment_event_equipment on mfg.fact_equipment_event (tenant_id, equipment_code, date);
comment on table mfg.fact_equipment_event is 'Events of each machine per day and type';
comment on column mfg.fact_equipment_event.tenant_id is 'whose row it is';
comment on column mfg.fact_equipment_event.date is 'day on which the shift of the event began, in the factory''s own zone';
comment on column mfg.fact_equipment_event.equipment_code is 'the machine (mfg.dim_equipment), which names its line';
comment on column mfg.fact_equipment_event.event_type is 'alarm, breakdown, maintenance, setup, idle';
comment on column mfg.fact_equipment_event.event_count is 'how many events';
comment on column mfg.fact_equipment_event.total_duration_minutes is 'sum of their durations in minutes';
comment on column mfg.fact_equipment_event.avg_duration_minutes is 'total / count';
comment on column mfg.fact_equipment_event.max_duration_minutes is 'the longest one';
comment on column mfg.fact_equipment_event.severity_distribution is 'events by severity as JSON: {"warning": 3, "critical": 1}';
comment on column mfg.fact_equipment_event.is_demo is 'true: made by the demo data, rewritten by it';

create table mfg.fact_hourly_production (
    tenant_id text not null,
    hour timestamptz not null,
    line_code text not null,
    product_code text not null,
    total_qty int not null check (total_qty >= 0),
    good_qty int not null check (good_qty >= 0),
    defect_qty int not null check (defect_qty >= 0),
    cycle_time_avg double precision,
    runtime_minutes double precision not null default 0 check (runtime_minutes >= 0),
    downtime_minutes double precision not null default 0 check (downtime_minutes >= 0),
    is_demo boolean not null default false,
    primary key (tenant_id, hour, line_code, product_code),
    foreign key (tenant_id, line_code) references mfg.dim_line,
    foreign key (tenant_id, product_code) references mfg.dim_product,
    check (good_qty + defect_qty = total_qty)
);
create index fact_hourly_production_line on mfg.fact_hourly_production (tenant_id, line_code, hour);
comment on table mfg.fact_hourly_production is 'Production by the hour; adds up to fact_daily_production';
comment on column mfg.fact_hourly_production.tenant_id is 'whose row it is';
comment on column mfg.fact_hourly_production.hour is 'begin of the hour';
comment on column mfg.fact_hourly_production.line_code is 'the line (mfg.dim_line)';
comment on column mfg.fact_hourly_production.product_code is 'the product (mfg.dim_product)';
comment on column mfg.fact_hourly_production.total_qty is 'units made, good and defective';
comment on column mfg.fact_hourly_production.good_qty is 'units right: total − defect';
comment on column mfg.fact_hourly_production.defect_qty is 'units not right the first time';
comment on column mfg.fact_hourly_production.cycle_time_avg is 'mean cycle time in seconds; null when nothing was made';
comment on column mfg.fact_hourly_production.runtime_minutes is 'minutes in which the line produced';
comment on column mfg.fact_hourly_production.downtime_minutes is 'minutes lost to breakdowns, idling and setting up';
comment on column mfg.fact_hourly_production.is_demo is 'true: made by the demo data, rewritten by it';

-- ANALYZE needs the owner; GRANT MAINTAIN exists only since PostgreSQL 17.
create function mfg.analyze() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    analyze mfg.dim_date, mfg.dim_line, mfg.dim_product, mfg.dim_equipment, mfg.dim_shift, mfg.dim_kpi,
            mfg.fact_daily_production, mfg.fact_daily_defect, mfg.fact_inventory_snapshot,
            mfg.fact_equipment_event, mfg.fact_hourly_production;
end $$;
comment on function mfg.analyze is 'Refreshes the planner''s statistics of the schema after a load';

do $$
declare
    name regclass;
begin
    for name in
        select oid::regclass from pg_class where relkind = 'r' and relnamespace = 'mfg'::regnamespace
    loop
        execute format('alter table %s enable row level security', name);
        execute format('create policy tenant on %s for select to tobit_reader'
                       ' using (tenant_id = (select gate.tenant()))', name);
        execute format('create policy app on %s to tobit_app using (true) with check (true)', name);
        execute format('grant select on %s to tobit_reader', name);
        execute format('grant select, insert, update, delete on %s to tobit_app', name);
    end loop;
end $$;

grant usage on schema mfg to tobit_app, tobit_reader;
revoke execute on function mfg.analyze from public;
grant execute on function mfg.analyze to tobit_app;
