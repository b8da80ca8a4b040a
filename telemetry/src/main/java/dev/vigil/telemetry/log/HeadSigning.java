package dev.vigil.telemetry.log;

import dev.vigil.telemetry.key.SigningKeys;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Signs the head of the log at intervals and at the stop, if there are new events, and publishes to
 * the witness what that does not have yet. A failure is logged and made up for at the next turn.
 */
public final class HeadSigning {

  private static final Logger logger = LoggerFactory.getLogger(HeadSigning.class);
  private static final int SHARD = 0;
  private static final int BATCH = 100;

  private final HeadTable table;
  private final TransactionTemplate transactions;
  private final SigningKeys keys;
  private final Witness witness;
  private final Clock clock;
  private final Duration interval;
  private Thread thread;
  private CountDownLatch stopping;

  /** Does nothing until it is started. */
  public HeadSigning(
      DataSource dataSource,
      PlatformTransactionManager transactionManager,
      SigningKeys keys,
      Witness witness,
      Clock clock,
      Duration interval) {
    this.table = new HeadTable(dataSource);
    this.transactions = new TransactionTemplate(transactionManager);
    this.keys = keys;
    this.witness = witness;
    this.clock = clock;
    this.interval = interval;
  }

  /** Starts the thread. A second call without a stop does nothing. */
  public synchronized void start() {
    if (thread == null) {
      CountDownLatch end = new CountDownLatch(1);
      stopping = end;
      thread = new Thread(() -> run(end), "head-signing");
      thread.setDaemon(true);
      thread.start();
    }
  }

  /**
   * Lets the thread end its turn, then signs and publishes a last time. Nothing is interrupted: a
   * file closes under a thread that is.
   */
  public synchronized void stop() throws InterruptedException {
    if (thread != null) {
      stopping.countDown();
      thread.join();
      thread = null;
      turn();
    }
  }

  private void run(CountDownLatch end) {
    try {
      while (!end.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
        turn();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void turn() {
    try {
      sign();
      publish();
    } catch (IOException | RuntimeException e) {
      logger.error("head of the log not signed or published error={}", e.getClass().getName());
    }
  }

  /** Signs the newest event, unless a head has it already. */
  public void sign() {
    transactions.executeWithoutResult(
        status -> {
          table.lock(SHARD);
          Optional<HeadTable.Head> event = table.newestEvent(SHARD);
          Optional<SignedHead> last = table.newest(SHARD);
          if (event.isPresent()
              && last.map(SignedHead::sequence).orElse(0L) < event.get().sequence()) {
            table.add(next(event.get(), last));
          }
        });
  }

  private SignedHead next(HeadTable.Head event, Optional<SignedHead> last) {
    SigningKeys.Signer signer = keys.newest();
    SignedHead unsigned =
        new SignedHead(
            SHARD,
            last.map(SignedHead::number).orElse(0L) + 1,
            event.sequence(),
            event.hash(),
            clock.instant().truncatedTo(ChronoUnit.MICROS),
            signer.id(),
            last.map(SignedHead::digest).orElse(EventRow.GENESIS),
            new byte[0]);
    return new SignedHead(
        unsigned.shard(),
        unsigned.number(),
        unsigned.sequence(),
        unsigned.eventHash(),
        unsigned.signedAt(),
        unsigned.key(),
        unsigned.previousDigest(),
        signer.sign(unsigned.text()));
  }

  /**
   * Publishes every head that the witness does not have.
   *
   * @throws IOException if the witness cannot keep them now
   */
  public void publish() throws IOException {
    long published = witness.last(SHARD);
    List<SignedHead> heads = table.after(SHARD, published, BATCH);
    while (!heads.isEmpty()) {
      witness.publish(heads, keys.publicKeys());
      published = heads.get(heads.size() - 1).number();
      heads = table.after(SHARD, published, BATCH);
    }
  }
}
