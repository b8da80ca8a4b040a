package dev.vigil.server.intake.fast;

import dev.vigil.server.access.Tenants;
import dev.vigil.server.intake.fast.FastMessage.Item;
import dev.vigil.server.intake.fast.FastMessage.Reference;
import dev.vigil.telemetry.observation.ObservationIdentifier;
import dev.vigil.telemetry.observation.Observations;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Tells which Observations of a message the usual way would refuse for a reference that leads
 * nowhere: then nothing else is wrong with them, since their way of writing is known.
 */
final class UnknownTargets {

  /** Of a tenant's own, and never of all tenants. */
  private static final Set<String> TYPES = Set.of("Patient", "Device", "DeviceMetric");

  private static final String SUBJECT = "Observation.subject";

  private final TransactionOperations transactions;
  private final Observations store;
  private final StoredTargets targets;
  private final Tenants tenants;

  UnknownTargets(
      TransactionOperations transactions,
      Observations store,
      StoredTargets targets,
      Tenants tenants) {
    this.transactions = transactions;
    this.store = store;
    this.targets = targets;
    this.tenants = tenants;
  }

  /**
   * Those that are certain: not one whose identifier is there already, which would be answered with
   * that, nor one that refers to something deleted.
   *
   * @return by place in the message's items the FHIRPath of the reference; of several that of the
   *     subject
   */
  Map<Integer, String> of(FastMessage message) {
    OptionalInt partition = tenants.partition(message.tenant());
    if (partition.isEmpty()) {
      return Map.of();
    }
    Set<String> asked = new HashSet<>();
    for (Item item : message.items()) {
      judged(item).forEach(reference -> asked.add(reference.text()));
    }
    Set<String> known = targets.everKnown(partition.getAsInt(), asked);
    if (known.containsAll(asked)) {
      return Map.of();
    }
    Set<ObservationIdentifier> stored = stored(message.items());
    Map<Integer, String> unknown = new TreeMap<>();
    for (int place = 0; place < message.items().size(); place++) {
      Item item = message.items().get(place);
      List<String> paths =
          judged(item).stream()
              .filter(reference -> !known.contains(reference.text()))
              .map(Reference::path)
              .toList();
      if (!paths.isEmpty() && (item.claimed() == null || !stored.contains(item.claimed()))) {
        unknown.put(place, paths.contains(SUBJECT) ? SUBJECT : paths.get(0));
      }
    }
    return unknown;
  }

  private static List<Reference> judged(Item item) {
    return item.references().stream()
        .filter(reference -> TYPES.contains(reference.type()))
        .toList();
  }

  private Set<ObservationIdentifier> stored(List<Item> items) {
    Set<ObservationIdentifier> claimed = new HashSet<>();
    for (Item item : items) {
      if (item.claimed() != null) {
        claimed.add(item.claimed());
      }
    }
    return claimed.isEmpty()
        ? Set.of()
        : transactions.execute(status -> store.claim(claimed).keySet());
  }
}
