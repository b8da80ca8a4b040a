package dev.vigil.telemetry.aggregate;

import dev.vigil.core.ObservationId;
import dev.vigil.core.Reading;
import dev.vigil.core.TenantId;
import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourceChange.Action;
import dev.vigil.core.event.ResourcesWritten;
import dev.vigil.telemetry.Rebuilt;
import dev.vigil.telemetry.TestDatabase;
import dev.vigil.telemetry.log.LogSignal;
import dev.vigil.telemetry.log.LoggedEvent;
import dev.vigil.telemetry.log.PostgresEventLog;
import dev.vigil.telemetry.log.Source;
import dev.vigil.telemetry.reading.PostgresReadings;
import dev.vigil.terminology.metric.MetricCatalog;
import dev.vigil.terminology.metric.RangeTable;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** Writes readings as the recorder does, and lets the reader of the aggregates follow. */
final class AggregateJournal {

  private static final Source GATEWAY = new Source("fhir", "gateway");
  private static final String KEY = "tenant_id, patient_id, metric, unit";
  private static final String ORDER = "measured_at, sequence, observation_id, ordinal";

  private final TestDatabase database;
  private final PostgresEventLog log;
  private final PostgresReadings readings;
  private final Aggregation aggregation =
      new Aggregation(MetricCatalog.standard(), RangeTable.standard());
  private final AggregateReader reader;
  private long position;

  AggregateJournal(TestDatabase database) {
    this.database = database;
    this.log =
        new PostgresEventLog(
            database.dataSource(), database.keys(), Clock.systemUTC(), new LogSignal());
    this.readings = new PostgresReadings(database.dataSource());
    this.reader = new AggregateReader(database.dataSource(), aggregation);
  }

  Aggregates aggregates() {
    return new Aggregates(database.dataSource());
  }

  /** New Observations, or new versions of those that were written before. */
  void write(TenantId tenant, List<Reading> some) {
    List<ResourceChange> changes =
        some.stream().map(reading -> change(reading.observation(), Action.UPDATED)).toList();
    database
        .transactions()
        .executeWithoutResult(
            status -> {
              long sequence = log.append(tenant, GATEWAY, new ResourcesWritten(changes, some));
              readings.record(tenant, sequence, some);
            });
  }

  /** Deleted, or entered in error: the log says no more of either. */
  void takeBack(TenantId tenant, ObservationId observation) {
    database
        .transactions()
        .executeWithoutResult(
            status -> {
              List<ResourceChange> changes = List.of(change(observation, Action.DELETED));
              long sequence = log.append(tenant, GATEWAY, new ResourcesWritten(changes, List.of()));
              readings.remove(tenant, sequence, observation);
            });
  }

  private static ResourceChange change(ObservationId observation, Action action) {
    return new ResourceChange("Observation", observation.value(), 1, action);
  }

  /** The reader takes the next events, at most that many. */
  int take(int most) {
    List<LoggedEvent> events = log.read(position, most);
    if (!events.isEmpty()) {
      position = events.get(events.size() - 1).sequence();
      database
          .transactions()
          .executeWithoutResult(
              status -> {
                reader.accept(events);
                keepPosition();
              });
    }
    return events.size();
  }

  private void keepPosition() {
    database
        .jdbc()
        .sql(
            """
            insert into telemetry.reader_position (reader, position) values (:reader, :position)
            on conflict (reader) do update set position = excluded.position
            """)
        .param("reader", AggregateReader.NAME)
        .param("position", position)
        .update();
  }

  void takeAll() {
    while (take(200) > 0) {
      // on to the head
    }
  }

  void startOver() {
    position = 0;
  }

  Rebuilt rebuild() {
    return new AggregateRebuild(
            database.dataSource(), database.transactionManager(), log, aggregation)
        .rebuild((done, total) -> {});
  }

  long rows(String table) {
    return database.jdbc().sql("select count(*) from " + table).query(Long.class).single();
  }

  /** Rows that are in the tables or in a recount of the glucose readings by SQL, not in both. */
  List<Map<String, Object>> differences() {
    List<Map<String, Object>> hours = differences("hour", "telemetry.reading_hour");
    return hours.isEmpty() ? differences("day", "telemetry.reading_day") : hours;
  }

  private List<Map<String, Object>> differences(String step, String table) {
    String recount =
        """
        select KEY, date_trunc('STEP', measured_at, 'UTC') as begins_at, count(*) as count,
          sum(value) as sum, sum(value * value) as square_sum, min(value) as min,
          max(value) as max,
          (array_agg(value order by ORDER))[1] as first_value,
          min(measured_at) as first_at,
          (array_agg(value order by measured_at desc, sequence desc, observation_id desc,
            ordinal desc))[1] as last_value,
          max(measured_at) as last_at,
          array[
            coalesce(sum(us) filter (where value < l[1]), 0),
            coalesce(sum(us) filter (where value >= l[1] and value < l[2]), 0),
            coalesce(sum(us) filter (where value >= l[2] and value <= l[3]), 0),
            coalesce(sum(us) filter (where value > l[3] and value <= l[4]), 0),
            coalesce(sum(us) filter (where value > l[4]), 0)]::bigint[] as range_us
        from (
          select *,
            case unit when 'mg/dL' then array[54, 70, 180, 250] else array[3.0, 3.9, 10.0, 13.9]
              end as l,
            extract(epoch from least(measured_at + interval '10 minutes',
              lead(measured_at) over (partition by KEY order by ORDER)) - measured_at) * 1000000
              as us
          from telemetry.reading
          where value is not null and cardinality(quality) = 0) as lasting
        group by KEY, date_trunc('STEP', measured_at, 'UTC')
        """
            .replace("KEY", KEY)
            .replace("ORDER", ORDER)
            .replace("STEP", step);
    String columns =
        KEY
            + ", begins_at, count, sum, square_sum, min, max, first_value, first_at, last_value,"
            + " last_at, range_us";
    return database
        .jdbc()
        .sql(
            """
            with recount as (RECOUNT), kept as (select COLUMNS from TABLE_NAME)
            select 'recount' as only_in, * from (select * from recount except select * from kept) a
            union all
            select 'kept', * from (select * from kept except select * from recount) b
            """
                .replace("RECOUNT", recount)
                .replace("COLUMNS", columns)
                .replace("TABLE_NAME", table))
        .query()
        .listOfRows();
  }
}
