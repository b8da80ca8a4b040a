package dev.vigil.bench.store;

import dev.vigil.bench.load.Latencies;
import dev.vigil.bench.load.Senders;
import dev.vigil.bench.system.StoreDatabase;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * What PostgreSQL takes on this machine when nobody looks at the data: binary COPY of rows of about
 * 500 bytes with two indexes, each COPY one durable commit, from as many connections as there are
 * clients.
 */
final class CopyLimit {

  private static final byte[] HEADER =
      "PGCOPY\n\u00ff\r\n\0".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
  private static final int BODY_BYTES = 460;
  private static final int PATIENTS = 300;

  private final StoreDatabase database;
  private final AtomicLong number = new AtomicLong();

  /** Makes its table. */
  CopyLimit(StoreDatabase database) {
    this.database = database;
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          create table copy_limit (id bigint not null, patient integer not null, at bigint not null, body bytea not null);
          alter table copy_limit alter body set storage plain;
          create unique index copy_limit_id_uq on copy_limit (id);
          create index copy_limit_patient_ix on copy_limit (patient, at);
          """);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Copies for some time, that many rows a commit. */
  Senders.Written run(int rows, int clients, Duration within) {
    AtomicLong copied = new AtomicLong();
    long[][] commits = new long[clients][];
    Thread[] threads = new Thread[clients];
    long start = System.nanoTime();
    long end = start + within.toNanos();
    for (int i = 0; i < clients; i++) {
      int client = i;
      threads[i] = new Thread(() -> commits[client] = copy(rows, client, end, copied));
      threads[i].start();
    }
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    return new Senders.Written(
        copied.get(),
        (System.nanoTime() - start) / 1e9,
        Latencies.of(Arrays.stream(commits).flatMapToLong(Arrays::stream).toArray()),
        0);
  }

  private long[] copy(int rows, int client, long end, AtomicLong copied) {
    long[] commits = new long[1 << 12];
    int count = 0;
    SplittableRandom random = new SplittableRandom(client);
    try (Connection connection = database.connect()) {
      CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
      while (System.nanoTime() < end) {
        byte[] binary = binary(rows, random);
        long before = System.nanoTime();
        copies.copyIn(
            "copy copy_limit from stdin (format binary)",
            new java.io.ByteArrayInputStream(binary),
            1 << 16);
        commits = count == commits.length ? Arrays.copyOf(commits, count * 2) : commits;
        commits[count++] = System.nanoTime() - before;
        copied.addAndGet(rows);
      }
    } catch (SQLException | IOException e) {
      throw new IllegalStateException("COPY failed", e);
    }
    return Arrays.copyOf(commits, count);
  }

  private byte[] binary(int rows, SplittableRandom random) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(rows * 520 + 40);
    byte[] body = new byte[BODY_BYTES];
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.write(HEADER);
      out.writeInt(0);
      out.writeInt(0);
      for (int i = 0; i < rows; i++) {
        random.nextBytes(body);
        out.writeShort(4);
        out.writeInt(8);
        out.writeLong(number.incrementAndGet());
        out.writeInt(4);
        out.writeInt(random.nextInt(PATIENTS));
        out.writeInt(8);
        out.writeLong(System.nanoTime());
        out.writeInt(body.length);
        out.write(body);
      }
      out.writeShort(-1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
