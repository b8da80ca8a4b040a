package dev.vigil.hl7.pcd01;

import dev.vigil.core.ProblemException;
import dev.vigil.hl7.er7.Acknowledgement;
import dev.vigil.hl7.er7.Er7Location;
import dev.vigil.hl7.er7.Er7Message;
import dev.vigil.hl7.er7.Er7Segment;
import dev.vigil.hl7.er7.Hl7Error;
import dev.vigil.hl7.er7.Hl7Refusal;
import dev.vigil.hl7.mllp.Frame;
import dev.vigil.hl7.mllp.MessageHandler;
import dev.vigil.telemetry.intake.Intake;
import dev.vigil.telemetry.log.Source;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes device observations in: maps them, submits them to the intake, and answers AA once that has
 * committed, AE with ERR for what is wrong, AR for what is not taken here or cannot be taken now.
 */
public final class Pcd01Receiver implements MessageHandler {

  private static final Logger log = LoggerFactory.getLogger(Pcd01Receiver.class);

  private final Pcd01Properties properties;
  private final Pcd01ToBundle mapping;
  private final Intake intake;
  private final Clock clock;

  /** Submits to an intake. */
  public Pcd01Receiver(
      Pcd01Properties properties, Pcd01ToBundle mapping, Intake intake, Clock clock) {
    this.properties = properties;
    this.mapping = mapping;
    this.intake = intake;
    this.clock = clock;
  }

  @Override
  public Optional<byte[]> handle(Frame frame) {
    Optional<Er7Segment> header = Optional.empty();
    List<Hl7Error> errors = List.of();
    try {
      header = Optional.of(Er7Message.header(frame.content()));
      if (!frame.whole()) {
        throw new Hl7Refusal(
            Er7Location.NONE, Hl7Error.Code.DATA_TYPE, "the message is larger than the limit");
      }
      accept(Er7Message.read(frame.content()));
    } catch (Hl7Refusal refusal) {
      errors = refusal.errors();
      log.warn("HL7 message refused bytes={} errors={}", frame.content().length, codes(errors));
    } catch (RuntimeException e) {
      errors = List.of(failed(e));
    }
    return Acknowledgement.to(header, errors, clock.instant());
  }

  private void accept(Er7Message message) {
    check(message.header());
    MappedMessage mapped = mapping.map(message);
    Source source = new Source("mllp", message.header().field(3));
    try {
      intake.submit(properties.tenant(), source, mapped.bundle());
    } catch (ProblemException refused) {
      throw new Hl7Refusal(refused.problems().stream().map(mapped::error).toList());
    }
    log.info("HL7 message taken entries={}", mapped.origins().size());
  }

  private static void check(Er7Segment header) {
    if (header.field(9).isEmpty()) {
      throw new Hl7Refusal(
          header.at(9), Hl7Error.Code.REQUIRED_FIELD, "MSH-9 does not name the message type");
    }
    if (!header.field(9).equals("ORU")) {
      throw new Hl7Refusal(
          header.at(9), Hl7Error.Code.MESSAGE_TYPE, "only ORU^R01 messages are taken");
    }
    if (!header.component(9, 2).equals("R01")) {
      throw new Hl7Refusal(
          header.at(9), Hl7Error.Code.EVENT_CODE, "only ORU^R01 messages are taken");
    }
    if (header.field(10).isEmpty()) {
      throw new Hl7Refusal(
          header.at(10), Hl7Error.Code.REQUIRED_FIELD, "MSH-10 does not identify the message");
    }
    if (!List.of("", "P", "T", "D").contains(header.field(11))) {
      throw new Hl7Refusal(
          header.at(11), Hl7Error.Code.PROCESSING_ID, "MSH-11 is not in HL7 table 0103");
    }
  }

  /** Our own fault: the sender may try again. The exception's words may quote the message. */
  private static Hl7Error failed(RuntimeException e) {
    String reference = UUID.randomUUID().toString();
    StackTraceElement[] trace = e.getStackTrace();
    log.error(
        "HL7 message failed reference={} type={} at={}",
        reference,
        e.getClass().getName(),
        trace.length == 0 ? "" : trace[0]);
    return new Hl7Error(
        Er7Location.NONE,
        Hl7Error.Code.INTERNAL,
        "the message could not be processed; reference " + reference);
  }

  private static String codes(List<Hl7Error> errors) {
    return errors.stream()
        .map(error -> Integer.toString(error.code().number()))
        .collect(Collectors.joining(","));
  }
}
