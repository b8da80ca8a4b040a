package dev.vigil.bench.system;

import java.util.Map;
import java.util.TreeMap;

/**
 * Bytes on disk.
 *
 * @param bytes by table, and by table and index
 */
public record StoreSize(Map<String, Long> bytes) {

  /** Copies the map, in the order of names. */
  public StoreSize {
    bytes = java.util.Collections.unmodifiableMap(new TreeMap<>(bytes));
  }

  /** All. */
  public long total() {
    return bytes.values().stream().mapToLong(Long::longValue).sum();
  }

  /** What came since; what is as large as it was is left out. */
  public StoreSize since(StoreSize before) {
    Map<String, Long> more = new TreeMap<>();
    bytes.forEach(
        (name, size) -> {
          long grown = size - before.bytes().getOrDefault(name, 0L);
          if (grown != 0) {
            more.put(name, grown);
          }
        });
    return new StoreSize(more);
  }
}
