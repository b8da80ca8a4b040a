package dev.vigil.telemetry.log;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Keeps signed heads where those who can write to the database cannot change them. What it has is
 * what the log is held against: what happens to events after its last head it cannot tell.
 */
public interface Witness {

  /**
   * Number of the last head it has of a shard, 0 if it has none.
   *
   * @throws IOException if that cannot be told now
   */
  long last(int shard) throws IOException;

  /**
   * Adds heads, in their order; they are kept for good when this returns.
   *
   * @param heads of one shard; those it has are left out
   * @param keys public halves of the signing keys (X.509, DER) by id
   * @throws IOException if they cannot be kept now: the caller comes again
   */
  void publish(List<SignedHead> heads, Map<UUID, byte[]> keys) throws IOException;
}
