package dev.vigil.telemetry.log;

import dev.vigil.telemetry.log.ChainVerifier.BrokenLink;
import dev.vigil.telemetry.log.ChainVerifier.Verification;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Walks along the chain and stops caring at the first broken link. Events that come before their
 * turn wait as 72 bytes each.
 */
final class ChainWalk {

  private record Link(byte[] previousHash, byte[] hash, boolean intact) {}

  private final HeadEvidence evidence;
  private final NavigableMap<Long, Link> waiting = new TreeMap<>();
  private long events;
  private long sequence;
  private byte[] hash = EventRow.GENESIS;
  private Optional<BrokenLink> broken = Optional.empty();

  ChainWalk(HeadEvidence evidence) {
    this.evidence = evidence;
  }

  void take(EventRow row, byte[] previousHash, byte[] storedHash) {
    Link link =
        new Link(
            previousHash,
            storedHash,
            previousHash.length == 32 && Arrays.equals(row.hashAfter(previousHash), storedHash));
    if (row.sequence() <= sequence || waiting.putIfAbsent(row.sequence(), link) != null) {
      breaks(row.sequence(), "there twice");
    }
    while (waiting.containsKey(sequence + 1)) {
      pass(sequence + 1, waiting.remove(sequence + 1));
    }
  }

  private void pass(long next, Link link) {
    if (next != sequence + 1) {
      breaks(sequence + 1, "missing");
    } else if (!Arrays.equals(link.previousHash(), hash)) {
      breaks(next, "not linked to the event before");
    } else if (!link.intact()) {
      breaks(next, "changed");
    } else {
      evidence.against(next, link.hash()).ifPresent(reason -> breaks(next, reason));
    }
    events++;
    sequence = next;
    hash = link.hash();
  }

  private void breaks(long at, String reason) {
    if (broken.isEmpty()) {
      broken = Optional.of(new BrokenLink(at, reason));
    }
  }

  /** To be called when there are no more events. */
  Verification end() {
    waiting.forEach(this::pass);
    evidence.againstEnd(sequence).ifPresent(reason -> breaks(sequence + 1, reason));
    Optional<BrokenLink> ofHeads = evidence.broken();
    if (ofHeads.isPresent()
        && (broken.isEmpty() || broken.get().sequence() > ofHeads.get().sequence())) {
      broken = ofHeads;
    }
    return new Verification(
        events, sequence, HexFormat.of().formatHex(hash), evidence.heads(), broken);
  }
}
