package dev.vigil.telemetry.log;

import dev.vigil.core.event.ResourceChange;
import dev.vigil.core.event.ResourceChange.Stored;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is stored of the versions of a part and their contents do not say, one text for each change:
 * empty for none; else the microseconds since a moment that all parts share, and behind a colon the
 * key where the id does not tell it.
 */
final class StoredColumn {

  private static final char KEY_FOLLOWS = ':';

  private StoredColumn() {}

  /** The moment that the first change tells, in microseconds since 1970; 0 if none tells one. */
  static long since(List<ResourceChange> changes) {
    return changes.stream()
        .flatMap(change -> change.stored().stream())
        .mapToLong(stored -> micros(stored.at()))
        .findFirst()
        .orElse(0);
  }

  static void put(ColumnWriter out, List<ResourceChange> changes, long since) {
    List<String> texts = new ArrayList<>(changes.size());
    for (ResourceChange change : changes) {
      texts.add(change.stored().map(stored -> text(stored, since)).orElse(""));
    }
    out.column(texts);
  }

  private static String text(Stored stored, long since) {
    String after = Long.toString(micros(stored.at()) - since);
    return stored.key().map(key -> after + KEY_FOLLOWS + key).orElse(after);
  }

  /** The changes with what the column says. */
  static List<ResourceChange> read(ColumnReader in, List<ResourceChange> changes, long since) {
    List<String> texts = in.column(changes.size());
    List<ResourceChange> told = new ArrayList<>(changes.size());
    for (int i = 0; i < changes.size(); i++) {
      ResourceChange change = changes.get(i);
      told.add(
          new ResourceChange(
              change.type(),
              change.id(),
              change.version(),
              change.action(),
              change.person(),
              change.content(),
              stored(texts.get(i), since)));
    }
    return told;
  }

  private static Optional<Stored> stored(String text, long since) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    int end = text.indexOf(KEY_FOLLOWS);
    long micros = since + Long.parseLong(end < 0 ? text : text.substring(0, end));
    Optional<String> key = end < 0 ? Optional.empty() : Optional.of(text.substring(end + 1));
    return Optional.of(new Stored(Instant.EPOCH.plus(micros, ChronoUnit.MICROS), key));
  }

  private static long micros(Instant at) {
    Duration since = Duration.between(Instant.EPOCH, at);
    return since.toSeconds() * 1_000_000 + since.toNanosPart() / 1_000;
  }
}
