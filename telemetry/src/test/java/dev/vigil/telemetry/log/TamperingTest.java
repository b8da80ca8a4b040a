package dev.vigil.telemetry.log;

import static dev.vigil.telemetry.TestReadings.TENANT;
import static dev.vigil.telemetry.TestReadings.written;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vigil.telemetry.TestDatabase;
import dev.vigil.telemetry.key.SigningKeys;
import dev.vigil.telemetry.log.ChainVerifier.Verification;
import dev.vigil.telemetry.log.ChainVerifier.Witnessed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hazard: a superuser changes what happened and nobody sees it. */
@Tag("safety")
class TamperingTest {

  private static final int EVENTS = 40;
  private static final Source SOURCE = new Source("fhir", "gateway");

  @TempDir Path folder;
  private TestDatabase database;
  private Path file;
  private HeadSigning signing;
  private Witnessed witnessed;

  @BeforeEach
  void signALog() throws Exception {
    database = TestDatabase.fresh();
    file = folder.resolve("witness").resolve("heads.log");
    SigningKeys keys =
        new SigningKeys(database.dataSource(), TestDatabase.keyService(), Clock.systemUTC());
    signing =
        new HeadSigning(
            database.dataSource(),
            database.transactionManager(),
            keys,
            new FileWitness(file),
            Clock.systemUTC(),
            Duration.ofSeconds(10));
    PostgresEventLog log =
        new PostgresEventLog(
            database.dataSource(), database.keys(), Clock.systemUTC(), new LogSignal());
    for (int i = 1; i <= EVENTS; i++) {
      String id = "o-" + i;
      database.transactions().executeWithoutResult(s -> log.append(TENANT, SOURCE, written(id)));
      if (i % 9 == 0 || i == EVENTS) {
        signing.sign();
      }
    }
    signing.publish();
    witnessed =
        new Witnessed(FileWitness.read(file), FileWitness.readKeys(FileWitness.keysBeside(file)));
  }

  @AfterEach
  void close() {
    database.close();
  }

  private Verification verify() {
    return new ChainVerifier(database.dataSource()).verify(witnessed);
  }

  private void run(String sql) {
    database.jdbc().sql(sql).update();
  }

  @Test
  void findsSomeHundredRandomEdits() {
    findsEachOf(400);
  }

  @Test
  @Tag("long")
  void findsTenThousandRandomEdits() {
    findsEachOf(10_000);
  }

  private void findsEachOf(int edits) {
    assertThat(verify().broken()).isEmpty();
    assertThat(verify().heads()).isEqualTo(5);
    Random random = new Random(20_260_301);
    for (int i = 0; i < edits; i++) {
      database
          .transactions()
          .executeWithoutResult(
              status -> {
                run("set local session_replication_role = replica");
                String edit = edit(random);
                assertThat(verify().broken()).as(edit).isPresent();
                status.setRollbackOnly();
              });
    }
    assertThat(verify().broken()).isEmpty();
  }

  private String edit(Random random) {
    int at = 1 + random.nextInt(EVENTS);
    int other = 1 + (at + random.nextInt(EVENTS - 1)) % EVENTS;
    String where = " where sequence = " + at;
    switch (random.nextInt(7)) {
      case 0 -> {
        String change =
            List.of(
                    "tenant_id = tenant_id || 'x'",
                    "kind = 'alert-raised'",
                    "version = version + 1",
                    "recorded_at = recorded_at + interval '1 microsecond'",
                    "door = 'mllp'",
                    "client = client || ' '",
                    "shard = 1",
                    "previous_hash = sha256(hash)",
                    "hash = sha256(hash)",
                    "payload = substr(payload, 2)")
                .get(random.nextInt(10));
        run("update telemetry.event set " + change + where);
        return change + where;
      }
      case 1 -> {
        int bit = random.nextInt(800);
        String change =
            "payload = set_bit(payload, %d, 1 - get_bit(payload, %d))".formatted(bit, bit);
        run("update telemetry.event set " + change + where);
        return change + where;
      }
      case 2 -> run("delete from telemetry.event" + where);
      case 3 -> run("delete from telemetry.event where sequence >= " + at);
      case 4 -> {
        run("update telemetry.event set sequence = 1000" + where);
        run("update telemetry.event set sequence = " + at + " where sequence = " + other);
        run("update telemetry.event set sequence = " + other + " where sequence = 1000");
      }
      case 5 -> {
        run("update telemetry.event set client = client || 'x'" + where);
        makeHashesFit(at);
      }
      default -> {
        run("delete from telemetry.event" + where);
        run("update telemetry.event set sequence = sequence + 1000 where sequence > " + at);
        run("update telemetry.event set sequence = sequence - 1001 where sequence > 1000");
        makeHashesFit(at);
      }
    }
    return "at " + at + " and " + other;
  }

  /** What somebody does who knows how the chain is made. */
  private void makeHashesFit(int from) {
    byte[][] previous = {EventRow.GENESIS};
    database
        .jdbc()
        .sql("select * from telemetry.event where shard = 0 order by sequence")
        .query((row, n) -> EventRow.of(row))
        .list()
        .forEach(
            row -> {
              byte[] hash = row.hashAfter(previous[0]);
              if (row.sequence() >= from) {
                database
                    .jdbc()
                    .sql(
                        """
                        update telemetry.event set previous_hash = :previous, hash = :hash
                        where sequence = :sequence
                        """)
                    .param("previous", previous[0])
                    .param("hash", hash)
                    .param("sequence", row.sequence())
                    .update();
              }
              previous[0] = hash;
            });
  }

  @Test
  void namesWhatTheWitnessTells() {
    database
        .transactions()
        .executeWithoutResult(
            status -> {
              run("set local session_replication_role = replica");
              run("delete from telemetry.event where sequence > 30");
              assertThat(verify().broken())
                  .contains(
                      new ChainVerifier.BrokenLink(31, "truncated: head 5 was signed at event 40"));
              run("delete from telemetry.signed_head where number > 3");
              assertThat(new ChainVerifier(database.dataSource()).verify().broken())
                  .as("without the witness")
                  .isEmpty();
              assertThat(verify().broken()).isPresent();
              status.setRollbackOnly();
            });
    database
        .transactions()
        .executeWithoutResult(
            status -> {
              run("set local session_replication_role = replica");
              run("update telemetry.event set client = 'x' where sequence = 12");
              makeHashesFit(12);
              assertThat(verify().broken())
                  .contains(
                      new ChainVerifier.BrokenLink(
                          18, "not what head 2 has signed: changed since event 10"));
              status.setRollbackOnly();
            });
    run("alter table telemetry.signed_head disable trigger user");
    run("update telemetry.signed_head set signature = set_byte(signature, 5, 1) where number = 4");
    assertThat(verify().broken())
        .contains(new ChainVerifier.BrokenLink(36, "the signature of head 4 is wrong"));
  }

  @Test
  void walksADumpWithoutADatabase() throws Exception {
    Path dump = folder.resolve("dump.sql");
    String text = dump();
    Files.writeString(dump, text);
    Verification whole = ChainVerifier.verifyDump(dump, witnessed);
    assertThat(whole).isEqualTo(verify());
    assertThat(whole.events()).isEqualTo(EVENTS);

    Files.writeString(dump, text.replaceFirst("\tgateway\t", "\tgatewaz\t"));
    assertThat(ChainVerifier.verifyDump(dump, witnessed).broken())
        .contains(new ChainVerifier.BrokenLink(7, "changed"));
    Files.write(dump, text.lines().filter(line -> !line.startsWith("demo\t0\t7\t")).toList());
    assertThat(ChainVerifier.verifyDump(dump, witnessed).broken())
        .contains(new ChainVerifier.BrokenLink(7, "missing"));
  }

  /** The text that pg_dump writes, of the two tables, the events in no order. */
  private String dump() {
    StringBuilder text = new StringBuilder("SET client_encoding = 'UTF8';\n\n");
    text.append(
        """
        COPY telemetry.event (tenant_id, shard, sequence, kind, version, recorded_at, door, client, \
        payload, previous_hash, hash) FROM stdin;
        """);
    copy(
        text,
        """
        select concat_ws(E'\\t', tenant_id, shard, sequence, kind, version, recorded_at, door, client,
          replace(payload::text, '\\', '\\\\'), replace(previous_hash::text, '\\', '\\\\'),
          replace(hash::text, '\\', '\\\\')) from telemetry.event order by sequence % 7, sequence
        """);
    text.append(
        """
        COPY telemetry.signed_head (shard, number, sequence, event_hash, signed_at, key_id, \
        previous_digest, signature) FROM stdin;
        """);
    copy(
        text,
        """
        select concat_ws(E'\\t', shard, number, sequence, replace(event_hash::text, '\\', '\\\\'),
          signed_at, key_id, replace(previous_digest::text, '\\', '\\\\'),
          replace(signature::text, '\\', '\\\\')) from telemetry.signed_head
        """);
    return text.toString();
  }

  private void copy(StringBuilder text, String select) {
    database
        .jdbc()
        .sql(select)
        .query(String.class)
        .list()
        .forEach(l -> text.append(l).append('\n'));
    text.append("\\.\n\n");
  }

  @Test
  void aWitnessGetsEachHeadOnceAndSurvivesALineThatWasCutOff() throws Exception {
    signing.publish();
    assertThat(FileWitness.read(file)).hasSize(5);

    String line = FileWitness.read(file).get(0).line();
    Files.writeString(file, Files.readString(file) + line.substring(0, line.length() - 9));
    assertThat(new FileWitness(file).last(0)).isEqualTo(5);
    new FileWitness(file).publish(FileWitness.read(file), Map.of());
    try (Stream<String> lines = Files.lines(file)) {
      assertThat(lines).hasSize(6);
    }
    assertThat(FileWitness.read(file)).hasSize(5);
  }
}
