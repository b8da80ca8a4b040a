package dev.vigil.telemetry.aggregate;

import dev.vigil.core.ObservationId;
import dev.vigil.core.Quantity;
import dev.vigil.core.Reading;
import dev.vigil.core.TenantId;
import dev.vigil.telemetry.ReadingJournal;
import dev.vigil.telemetry.Rebuilt;
import dev.vigil.telemetry.TestDatabase;
import dev.vigil.telemetry.Timestamptz;
import dev.vigil.telemetry.log.LogSignal;
import dev.vigil.telemetry.log.LoggedEvent;
import dev.vigil.telemetry.log.PostgresEventLog;
import dev.vigil.terminology.metric.MetricCatalog;
import dev.vigil.terminology.metric.RangeTable;
import java.sql.Types;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/** Writes readings as the recorder does, and lets the reader of the aggregates follow. */
final class AggregateJournal {

  private static final String KEY = "tenant_id, patient_id, metric, unit";
  private static final String ORDER = "measured_at, sequence, observation_id";

  /** What there should be to count, kept by the test alone. */
  private static final String TOLD =
      """
      create table told (tenant_id text, patient_id text, metric text, unit text, value numeric,
        measured_at timestamptz, sequence bigint, observation_id text);
      create index told_ix on told (tenant_id, observation_id);
      """;

  private final TestDatabase database;
  private final PostgresEventLog log;
  private final ReadingJournal journal;
  private final Aggregation aggregation =
      new Aggregation(MetricCatalog.standard(), RangeTable.standard());
  private final AggregateReader reader;
  private long position;

  AggregateJournal(TestDatabase database) {
    this.database = database;
    this.log =
        new PostgresEventLog(
            database.dataSource(), database.keys(), Clock.systemUTC(), new LogSignal());
    this.journal = new ReadingJournal(database, log);
    database.jdbc().sql(TOLD).update();
    this.reader = new AggregateReader(database.dataSource(), aggregation);
  }

  Aggregates aggregates() {
    return new Aggregates(database.dataSource());
  }

  /** New Observations, or new versions of those that were written before. */
  void write(TenantId tenant, List<Reading> some) {
    long sequence = journal.write(tenant, some);
    forget(tenant, some.stream().map(Reading::observation).toList());
    tell(tenant, sequence, some.stream().filter(Reading::evaluable).toList());
  }

  private void tell(TenantId tenant, long sequence, List<Reading> some) {
    new NamedParameterJdbcTemplate(database.dataSource())
        .batchUpdate(
            """
            insert into told values (:tenant, :patient, :metric, :unit, :value, :at, :sequence, :id)
            """,
            some.stream()
                .map(
                    reading ->
                        new MapSqlParameterSource("tenant", tenant.value())
                            .addValue("patient", reading.patient().value())
                            .addValue("metric", reading.metric().id())
                            .addValue("unit", ((Quantity) reading.value()).unit())
                            .addValue("value", ((Quantity) reading.value()).value())
                            .addValue("at", Timestamptz.of(reading.measuredAt()))
                            .addValue("sequence", sequence)
                            .addValue("id", reading.observation().value()))
                .toArray(MapSqlParameterSource[]::new));
  }

  private void forget(TenantId tenant, List<ObservationId> observations) {
    database
        .jdbc()
        .sql("delete from told where tenant_id = :tenant and observation_id = any(:ids)")
        .param("tenant", tenant.value())
        .param(
            "ids",
            observations.stream().map(ObservationId::value).toArray(String[]::new),
            Types.ARRAY)
        .update();
  }

  /** Deletes an Observation. */
  void takeBack(TenantId tenant, ObservationId observation) {
    journal.takeBack(tenant, observation);
    forget(tenant, List.of(observation));
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
          (array_agg(value order by measured_at desc, sequence desc, observation_id desc))[1] as last_value,
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
          from told) as lasting
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
