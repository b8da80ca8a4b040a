package dev.vigil.server.intake.fast;

import dev.vigil.core.TenantId;
import dev.vigil.server.access.Tenants;
import dev.vigil.server.intake.fast.FastMessage.Item;
import dev.vigil.server.intake.fast.FastMessage.Measured;
import dev.vigil.server.intake.fast.FastMessage.Reference;
import dev.vigil.telemetry.device.DeviceOwners;
import dev.vigil.telemetry.log.EventLog;
import dev.vigil.telemetry.observation.NewObservation;
import dev.vigil.telemetry.observation.ObservationIdentifier;
import dev.vigil.telemetry.observation.ObservationKey;
import dev.vigil.telemetry.observation.ObservationLink;
import dev.vigil.telemetry.observation.Observations;
import dev.vigil.telemetry.reading.Readings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Writes messages in one transaction: asks for identifiers, references and devices, then takes the
 * log's lock, then writes rows, readings and events. A message that the database has a doubt about
 * is left out.
 */
final class FastWriter {

  private final TransactionOperations transactions;
  private final Observations store;
  private final Readings readings;
  private final EventLog log;
  private final DeviceOwners owners;
  private final StoredTargets targets;
  private final Tenants tenants;
  private final Preparation preparation;

  FastWriter(
      TransactionOperations transactions,
      Observations store,
      Readings readings,
      EventLog log,
      DeviceOwners owners,
      StoredTargets targets,
      Tenants tenants,
      Preparation preparation) {
    this.transactions = transactions;
    this.store = store;
    this.readings = readings;
    this.log = log;
    this.owners = owners;
    this.targets = targets;
    this.tenants = tenants;
    this.preparation = preparation;
  }

  /**
   * Gives those that are committed.
   *
   * @throws UnknownOutcome if the commit itself failed
   */
  Set<FastMessage> commit(List<FastMessage> messages) {
    boolean[] written = {false};
    try {
      return transactions.execute(
          status -> {
            Set<FastMessage> kept = write(messages);
            written[0] = true;
            return kept;
          });
    } catch (RuntimeException e) {
      throw written[0] ? new UnknownOutcome(e) : e;
    }
  }

  private Set<FastMessage> write(List<FastMessage> messages) {
    List<FastMessage> kept = unclaimed(messages);
    Map<TenantId, List<FastMessage>> byTenant = new LinkedHashMap<>();
    kept.forEach(
        message ->
            byTenant.computeIfAbsent(message.tenant(), unseen -> new ArrayList<>()).add(message));
    Map<FastMessage, List<List<ObservationLink>>> links = new LinkedHashMap<>();
    byTenant.forEach((tenant, ofTenant) -> resolve(tenant, ofTenant, links));
    if (links.isEmpty()) {
      return Set.of();
    }
    long sequence = log.lock();
    List<NewObservation.Message> rows = new ArrayList<>(links.size());
    for (Map.Entry<FastMessage, List<List<ObservationLink>>> message : links.entrySet()) {
      rows.add(rows(message.getKey(), message.getValue(), sequence + rows.size()));
    }
    store.append(rows);
    List<Readings.Told> told = new ArrayList<>(links.size());
    for (FastMessage message : links.keySet()) {
      told.add(new Readings.Told(message.tenant(), sequence + told.size(), message.written()));
    }
    readings.follow(told);
    log.append(links.keySet().stream().map(FastMessage::event).toList());
    return Set.copyOf(links.keySet());
  }

  /** Without those whose identifiers are there already, or in a message before. */
  private List<FastMessage> unclaimed(List<FastMessage> messages) {
    Set<ObservationIdentifier> wanted = new HashSet<>();
    for (FastMessage message : messages) {
      message.items().stream()
          .filter(item -> item.claimed() != null)
          .forEach(item -> wanted.add(item.claimed()));
    }
    if (wanted.isEmpty()) {
      return messages;
    }
    Map<ObservationIdentifier, Set<ObservationKey>> found = store.claim(wanted);
    Set<ObservationIdentifier> taken = new HashSet<>(found.keySet());
    List<FastMessage> kept = new ArrayList<>(messages.size());
    for (FastMessage message : messages) {
      List<ObservationIdentifier> claimed =
          message.items().stream().map(Item::claimed).filter(java.util.Objects::nonNull).toList();
      if (claimed.stream().noneMatch(taken::contains)) {
        taken.addAll(claimed);
        kept.add(message);
      }
    }
    return kept;
  }

  private void resolve(
      TenantId tenant,
      List<FastMessage> messages,
      Map<FastMessage, List<List<ObservationLink>>> links) {
    OptionalInt partition = tenants.partition(tenant);
    if (partition.isEmpty()) {
      return;
    }
    Set<String> references = new HashSet<>();
    Set<String> measuring = new HashSet<>();
    for (FastMessage message : messages) {
      for (Item item : message.items()) {
        item.references().forEach(reference -> references.add(reference.text()));
        if (item.measured() != null) {
          measuring.add(item.measured().reference());
        }
      }
    }
    Map<String, Long> pids = targets.find(partition.getAsInt(), references);
    Map<String, DeviceOwners.Ownership> owned = owners.of(tenant, measuring);
    for (FastMessage message : messages) {
      List<List<ObservationLink>> found = links(message, pids, owned);
      if (found != null) {
        links.put(message, found);
      }
    }
  }

  /** Null if a reference leads nowhere, or a device was not the patient's. */
  private List<List<ObservationLink>> links(
      FastMessage message, Map<String, Long> pids, Map<String, DeviceOwners.Ownership> owned) {
    List<List<ObservationLink>> links = new ArrayList<>(message.items().size());
    for (Item item : message.items()) {
      Measured measured = item.measured();
      if (measured != null
          && !isOwned(message.tenant(), measured, owned.get(measured.reference()))) {
        return null;
      }
      List<ObservationLink> ofItem = new ArrayList<>(item.references().size());
      for (Reference to : item.references()) {
        Long pid = pids.get(to.text());
        if (pid == null) {
          return null;
        }
        ofItem.add(ObservationLink.local(to.path(), to.type(), pid, to.id()));
      }
      links.add(ofItem.stream().distinct().toList());
    }
    return links;
  }

  private boolean isOwned(TenantId tenant, Measured measured, DeviceOwners.Ownership ownership) {
    if (ownership == null || !ownership.device().equals(measured.device())) {
      preparation.forget(tenant, measured.reference());
      return false;
    }
    return ownership.at(measured.at()).filter(measured.patient()::equals).isPresent();
  }

  private static NewObservation.Message rows(
      FastMessage message, List<List<ObservationLink>> links, long sequence) {
    List<NewObservation> added = new ArrayList<>(links.size());
    for (int i = 0; i < links.size(); i++) {
      Item item = message.items().get(i);
      added.add(
          new NewObservation(
              item.shape(),
              item.leaves(),
              item.key(),
              message.now(),
              item.effective(),
              item.placedAt(),
              item.entries(),
              links.get(i)));
    }
    return new NewObservation.Message(message.tenant(), sequence, added);
  }
}
