-- The same little factory and inventory in two tenants; every name says whose it is.
insert into gate.tenant (tenant_id, name) values ('red', 'Red'), ('blue', 'Blue');

do $$
declare
    t text;
begin
    foreach t in array array['red', 'blue'] loop
        insert into mfg.dim_line (tenant_id, line_code, line_name, factory_code, factory_name) values
        (t, 'L1', t || ' line 1', 'F1', t), (t, 'L2', t || ' line 2', 'F1', t), (t, 'L3', t || ' line 3', 'F2', t);
        insert into mfg.dim_product (tenant_id, product_code, product_name, family) values
        (t, 'P1', t || ' product 1', 'pump'), (t, 'P2', t || ' product 2', 'valve');
        insert into mfg.dim_equipment (tenant_id, equipment_code, equipment_name, line_code) values
        (t, 'E1', t || ' press', 'L1'), (t, 'E3', t || ' oven', 'L3');
        insert into mfg.dim_shift (tenant_id, shift, shift_name, starts_at, duration_minutes) values
        (t, 'day', t, '08:00', 480), (t, 'night', t, '00:00', 480);
        insert into mfg.fact_daily_production (tenant_id, date, line_code, product_code, shift, total_qty, good_qty, defect_qty,
            runtime_minutes, downtime_minutes, planned_qty, target_cycle_time_sec)
        select t, '2026-01-01', line, product, shift, 10, 10, 0, 60, 0, 10, 30
        from unnest(array['L1', 'L2', 'L3']) line, unnest(array['P1', 'P2']) product, unnest(array['day', 'night']) shift;
        insert into mfg.fact_hourly_production (tenant_id, hour, line_code, product_code, total_qty, good_qty, defect_qty)
        select t, '2026-01-01', line, product, 10, 10, 0
        from unnest(array['L1', 'L2', 'L3']) line, unnest(array['P1', 'P2']) product;
        insert into mfg.fact_daily_defect (tenant_id, date, line_code, product_code, shift, defect_type, defect_qty)
        select t, '2026-01-01', line, 'P1', 'day', 'dent', 1 from unnest(array['L1', 'L2', 'L3']) line;
        insert into mfg.fact_inventory_snapshot (tenant_id, date, product_code, location, stock_qty, available_qty)
        select t, '2026-01-01', product, 'W', 5, 5 from unnest(array['P1', 'P2']) product;
        insert into mfg.fact_equipment_event (tenant_id, date, equipment_code, event_type, event_count,
            total_duration_minutes, avg_duration_minutes, max_duration_minutes)
        select t, '2026-01-01', code, 'alarm', 1, 5, 5, 5 from unnest(array['E1', 'E3']) code;
        insert into ops.ci (tenant_id, ci_id, ci_code, ci_name, ci_type) values
        (t, 1, 'web', t || ' web', 'SW'), (t, 2, 'db', t || ' db', 'SW'), (t, 3, 'erp', t || ' erp', 'SYSTEM');
        insert into ops.ci_relation (tenant_id, from_ci_id, to_ci_id, relation_type) values
        (t, 1, 2, 'DEPENDS_ON'), (t, 3, 1, 'DEPENDS_ON');
        insert into ops.metric (tenant_id, metric_id, ci_id, name, unit) values (t, 1, 1, 'cpu', '%'), (t, 3, 3, 'cpu', '%');
        perform ops.ensure_partitions('2026-01-01', '2026-01-01');
        insert into ops.metric_value (tenant_id, time, metric_id, ci_id, value)
        select t, '2026-01-01', id, id, 1 from unnest(array[1, 3]) id;
        insert into ops.event_log (tenant_id, time, ci_id, event_type, severity, message)
        select t, '2026-01-01', id, 'x', 'info', t from unnest(array[1, 2, 3]) id;
        insert into ops.threshold (tenant_id, ci_code, metric, high) values (t, 'web', 'cpu', 90), (t, 'erp', 'cpu', 90);
        insert into ops.ci_group (tenant_id, group_code) values (t, 'shop'), (t, 'office');
        insert into ops.ci_group_member (tenant_id, group_code, ci_id) values (t, 'shop', 1), (t, 'shop', 2), (t, 'office', 3);
    end loop;
end
$$;
