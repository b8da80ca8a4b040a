package dev.vigil.server.bulk;

/**
 * A finished file of a job.
 *
 * @param number from 1
 * @param type of the resources in it, or that its Bundles delete
 * @param lines how many resources
 * @param position where to go on behind it, in the words of its job's kind
 */
public record BulkFile(int number, Purpose purpose, String type, long lines, String position) {

  /** Under which heading the manifest lists it. */
  public enum Purpose {
    /** What was asked for. */
    OUTPUT,
    /** What was deleted since the moment that the client named. */
    DELETED,
    /** OperationOutcomes about what could not be done. */
    ERROR;

    String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    static Purpose of(String word) {
      return valueOf(word.toUpperCase(java.util.Locale.ROOT));
    }
  }
}
