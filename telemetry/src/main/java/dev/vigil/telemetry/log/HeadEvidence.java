package dev.vigil.telemetry.log;

import dev.vigil.telemetry.log.ChainVerifier.BrokenLink;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Signed heads that a log is held against: those of a witness, and those in the log's own database.
 * A head that is not signed as it should be proves nothing and is itself a broken link.
 */
final class HeadEvidence {

  private final NavigableMap<Long, SignedHead> bySequence = new TreeMap<>();
  private final Map<UUID, PublicKey> keys;
  private Optional<BrokenLink> broken = Optional.empty();
  private long heads;

  /**
   * From both.
   *
   * @param stored of the database
   * @param witnessed of the witness
   * @param keys public keys the reader trusts; signatures are not checked if there is none
   */
  HeadEvidence(List<SignedHead> stored, List<SignedHead> witnessed, Map<UUID, PublicKey> keys) {
    this.keys = keys;
    long lastWitnessed = take(witnessed);
    long lastStored = take(stored);
    if (lastStored < lastWitnessed) {
      breaks(
          headSequence(witnessed, lastStored + 1), "the database lacks head " + (lastStored + 1));
    }
  }

  private static long headSequence(List<SignedHead> heads, long number) {
    return heads.stream()
        .filter(head -> head.number() >= number)
        .mapToLong(SignedHead::sequence)
        .min()
        .orElse(1);
  }

  private long take(List<SignedHead> unsorted) {
    SignedHead previous = null;
    for (SignedHead head :
        unsorted.stream().sorted(Comparator.comparingLong(SignedHead::number)).toList()) {
      boolean twice = previous != null && previous.number() == head.number();
      if (twice && Arrays.equals(previous.digest(), head.digest())) {
        continue;
      }
      if (!keys.isEmpty()
          && !(keys.containsKey(head.key()) && head.signedBy(keys.get(head.key())))) {
        breaks(head.sequence(), "the signature of head " + head.number() + " is wrong");
        previous = head;
        continue;
      }
      byte[] before = previous == null ? EventRow.GENESIS : previous.digest();
      if (head.number() != (previous == null ? 1 : previous.number() + 1)) {
        breaks(head.sequence(), "a head before head " + head.number() + " is missing");
      } else if (!Arrays.equals(head.previousDigest(), before)) {
        breaks(head.sequence(), "head " + head.number() + " is not linked to the one before");
      }
      SignedHead same = bySequence.putIfAbsent(head.sequence(), head);
      if (same != null && !Arrays.equals(same.eventHash(), head.eventHash())) {
        breaks(head.sequence(), "head " + head.number() + " is not the one that was witnessed");
      } else if (same == null) {
        heads++;
      }
      previous = head;
    }
    return previous == null ? 0 : previous.number();
  }

  private void breaks(long sequence, String reason) {
    if (broken.isEmpty() || broken.get().sequence() > sequence) {
      broken = Optional.of(new BrokenLink(sequence, reason));
    }
  }

  /** How many there are. */
  long heads() {
    return heads;
  }

  /** What is wrong with the heads themselves. */
  Optional<BrokenLink> broken() {
    return broken;
  }

  /** What is wrong with an event that is linked as it should be. */
  Optional<String> against(long sequence, byte[] hash) {
    SignedHead head = bySequence.get(sequence);
    if (head == null || Arrays.equals(head.eventHash(), hash)) {
      return Optional.empty();
    }
    Map.Entry<Long, SignedHead> before = bySequence.lowerEntry(sequence);
    return Optional.of(
        "not what head "
            + head.number()
            + " has signed: changed since event "
            + (before == null ? 1 : before.getKey() + 1));
  }

  /** What is wrong with a log that ends after this event. */
  Optional<String> againstEnd(long sequence) {
    Map.Entry<Long, SignedHead> beyond = bySequence.higherEntry(sequence);
    return beyond == null
        ? Optional.empty()
        : Optional.of(
            "truncated: head "
                + bySequence.lastEntry().getValue().number()
                + " was signed at event "
                + bySequence.lastKey());
  }
}
