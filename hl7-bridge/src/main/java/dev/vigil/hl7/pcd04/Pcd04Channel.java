package dev.vigil.hl7.pcd04;

import dev.vigil.core.Reading;
import dev.vigil.core.event.AlertEvent;
import dev.vigil.hl7.er7.Er7Message;
import dev.vigil.hl7.er7.Hl7Refusal;
import dev.vigil.hl7.mllp.MllpClient;
import dev.vigil.telemetry.delivery.Channel;
import dev.vigil.telemetry.delivery.DeliveryFailedException;
import dev.vigil.telemetry.delivery.Destination;
import dev.vigil.telemetry.delivery.ResourceReader;
import dev.vigil.telemetry.log.LoggedEvent;
import dev.vigil.terminology.metric.MetricCatalog;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.r4.model.Device;
import org.hl7.fhir.r4.model.Patient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends each step of an alert to HL7 v2 receivers and waits for the acknowledgement.
 *
 * <p>By HL7 2.6 chapter 2.9.2: AA and CA confirm. AE says that the content is at fault, CR that
 * MSH-9, 11 or 12 is not taken, and so does AR or CE with an error 200 to 203: the same message
 * would fail again, so it becomes a dead letter. Any other AR or CE, and no answer, is tried again
 * with the same MSH-10.
 */
public final class Pcd04Channel implements Channel {

  private static final Logger log = LoggerFactory.getLogger(Pcd04Channel.class);
  private static final Set<String> NEVER_TAKEN = Set.of("200", "201", "202", "203");

  private final Hl7Destinations destinations;
  private final ResourceReader resources;
  private final Pcd04Message message;
  private final MllpClient client;

  /** Sends with a client of its own. */
  public Pcd04Channel(
      Pcd04Properties properties,
      MetricCatalog catalog,
      Hl7Destinations destinations,
      ResourceReader resources) {
    this.destinations = destinations;
    this.resources = resources;
    this.message = new Pcd04Message(properties, catalog);
    this.client = new MllpClient(properties.connectTimeout(), properties.ackTimeout());
  }

  @Override
  public String name() {
    return "hl7-pcd04";
  }

  @Override
  public List<Destination> destinations() {
    return destinations.active();
  }

  @Override
  public boolean deliver(Destination destination, LoggedEvent logged)
      throws DeliveryFailedException {
    if (!(logged.event() instanceof AlertEvent event)) {
      return false;
    }
    URI address = address(destination);
    String controlId = controlId(event, logged.sequence());
    Reading trigger = event.alert().trigger();
    String text =
        message.write(
            AlertStep.of(event),
            controlId,
            logged.recordedAt(),
            resources.read(logged.tenant(), Patient.class, trigger.patient().value()),
            resources.read(logged.tenant(), Device.class, trigger.device().value()),
            destination.settings());
    judge(exchange(address, text, controlId));
    log.info("HL7 alert confirmed destination={} messageId={}", destination.id(), controlId);
    return true;
  }

  private Er7Message exchange(URI address, String text, String controlId)
      throws DeliveryFailedException {
    try {
      byte[] answer =
          client.exchange(
              address.getHost(),
              address.getPort(),
              text.getBytes(StandardCharsets.UTF_8),
              candidate -> controlId.equals(acknowledged(candidate)));
      return Er7Message.read(answer);
    } catch (SocketTimeoutException e) {
      throw new DeliveryFailedException("no HL7 acknowledgement in time", false);
    } catch (IOException e) {
      throw new DeliveryFailedException("the HL7 receiver cannot be reached", false);
    }
  }

  private static void judge(Er7Message answer) throws DeliveryFailedException {
    String code = segment(answer, "MSA", 1);
    String error = segment(answer, "ERR", 3);
    switch (code) {
      case "AA", "CA" -> {}
      case "AE", "CR" -> throw refused(code, error, true);
      case "AR", "CE" -> throw refused(code, error, NEVER_TAKEN.contains(error));
      default -> throw new DeliveryFailedException("an HL7 acknowledgement without a code", false);
    }
  }

  private static DeliveryFailedException refused(String code, String error, boolean permanent) {
    String number = error.matches("\\d{1,4}") ? " error " + error : "";
    return new DeliveryFailedException("the HL7 receiver answered " + code + number, permanent);
  }

  /** MSA-2; empty if the text is no acknowledgement. */
  private static String acknowledged(byte[] text) {
    try {
      return segment(Er7Message.read(text), "MSA", 2);
    } catch (Hl7Refusal e) {
      return "";
    }
  }

  private static String segment(Er7Message message, String name, int field) {
    return message.segments().stream()
        .filter(segment -> segment.name().equals(name))
        .map(segment -> segment.field(field))
        .findFirst()
        .orElse("");
  }

  /** The same for the same step, at most 20 characters: older receivers take no more. */
  private static String controlId(AlertEvent event, long sequence) {
    String alert = event.alert().id().value().replaceAll("[^A-Za-z0-9]", "");
    String step = Long.toString(sequence, 36);
    int room = Math.min(alert.length(), 20 - 1 - step.length());
    return alert.substring(0, room) + "-" + step;
  }

  private static URI address(Destination destination) throws DeliveryFailedException {
    try {
      URI address = URI.create(destination.address());
      if ("mllp".equals(address.getScheme())
          && address.getHost() != null
          && address.getPort() > 0) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      log.debug("HL7 destination has no valid address destination={}", destination.id());
    }
    throw new DeliveryFailedException("the address is not of the form mllp://host:port", true);
  }
}
