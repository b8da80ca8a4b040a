package dev.vigil.server.bulk;

import dev.vigil.core.TenantId;
import dev.vigil.telemetry.key.DataKey;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * One attempt at a job, as its {@link BulkWork} sees it: what was asked, what is there already, and
 * where to put the rest.
 */
public final class BulkRun {

  private static final Duration TELL_EVERY = Duration.ofSeconds(2);

  private final BulkJob job;
  private final UUID holder;
  private final BulkJobs jobs;
  private final BulkFolder folder;
  private final DataKey key;
  private final Clock clock;
  private final int linesOfFile;
  private int files;
  private Instant told;
  private volatile boolean stopping;

  BulkRun(
      BulkJob job, UUID holder, BulkJobs jobs, BulkFolder folder, Clock clock, int linesOfFile) {
    this.job = job;
    this.holder = holder;
    this.jobs = jobs;
    this.folder = folder;
    this.key = jobs.key(job);
    this.clock = clock;
    this.linesOfFile = linesOfFile;
    this.told = clock.instant();
  }

  /**
   * Somebody ended this attempt: a cancelled job, one that was taken over, or a stopping server.
   */
  static final class Ended extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean stopped;

    Ended(boolean stopped) {
      super("the attempt has ended", null, false, false);
      this.stopped = stopped;
    }

    /** Whether the job is still ours to give back. */
    boolean stopped() {
      return stopped;
    }
  }

  /** The tenant. */
  public TenantId tenant() {
    return job.tenant();
  }

  /** Who asked, as the log names it. */
  public String client() {
    return job.client();
  }

  /** What was asked, in the words of the kind. */
  public String asked() {
    return job.asked();
  }

  /** Files that are finished, in order. */
  public List<BulkFile> finished() {
    List<BulkFile> finished = jobs.files(job);
    files = finished.stream().mapToInt(BulkFile::number).max().orElse(0);
    return finished;
  }

  /** The moment the answer is true for: that of the first attempt, else this one. */
  public Instant asOf(Instant now) {
    if (job.asOf().isPresent()) {
      return job.asOf().get();
    }
    if (!jobs.begin(job, holder, now)) {
      throw new Ended(false);
    }
    return now;
  }

  /** Where an earlier attempt got to by {@link #mark}; empty for the beginning. */
  public String position() {
    return job.position();
  }

  /** Notes where a later attempt is to go on, at once. */
  public void mark(String position) {
    if (!jobs.mark(job, holder, position)) {
      throw new Ended(false);
    }
  }

  /**
   * To be called often: keeps the job, and ends the attempt when it is no longer ours.
   *
   * @param progress for people, under 100 characters
   */
  public void tell(String progress) {
    if (stopping) {
      throw new Ended(true);
    }
    if (clock.instant().isBefore(told.plus(TELL_EVERY))) {
      return;
    }
    if (!jobs.renew(job, holder, progress)) {
      throw new Ended(false);
    }
    told = clock.instant();
  }

  void stop() {
    stopping = true;
  }

  /** Files of one purpose and type, as many as it takes. */
  public Lines lines(BulkFile.Purpose purpose, String type) {
    return new Lines(purpose, type);
  }

  /** Where lines go. A file that was begun and not ended leaves no trace in the answer. */
  public final class Lines implements AutoCloseable {
    private final BulkFile.Purpose purpose;
    private final String type;
    private SealedLines.Writer writer;

    private Lines(BulkFile.Purpose purpose, String type) {
      this.purpose = purpose;
      this.type = type;
    }

    /** Adds a line. */
    public void add(String line) throws IOException {
      if (writer == null) {
        writer = folder.create(job, files + 1, key);
      }
      writer.line(line);
    }

    /** Ends the file if it is long enough; what comes later goes to the next. */
    public void endWhenLong(String position) throws IOException {
      if (writer != null && writer.lines() >= linesOfFile) {
        end(position);
      }
    }

    /**
     * Ends the file, if there is one.
     *
     * @param position where a later attempt goes on
     */
    public void end(String position) throws IOException {
      if (writer == null) {
        return;
      }
      writer.finish();
      writer.close();
      BulkFile file = new BulkFile(files + 1, purpose, type, writer.lines(), position);
      writer = null;
      if (!jobs.add(job, holder, file)) {
        throw new Ended(false);
      }
      files++;
    }

    @Override
    public void close() throws IOException {
      if (writer != null) {
        writer.close();
      }
    }
  }
}
