package dev.vigil.hl7.er7;

import ca.uhn.hl7v2.HL7Exception;
import ca.uhn.hl7v2.model.v26.message.ACK;
import ca.uhn.hl7v2.parser.PipeParser;
import ca.uhn.hl7v2.util.Terser;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Writes acknowledgements (HL7 2.6 chapter 2.9): AA, AE or AR, one for each message, in original
 * and in enhanced mode alike, since we confirm only what is committed and processed.
 */
public final class Acknowledgement {

  private static final String APPLICATION = "VIGIL";

  private Acknowledgement() {}

  /**
   * The answer to a message.
   *
   * @param header of the message; empty if it had none that can be read
   * @param errors none for AA; AR if the first one rejects, else AE
   * @return empty if MSH-15 and MSH-16 ask for no answer in this case (table 0155: AL, NE, ER, SU)
   */
  public static Optional<byte[]> to(
      Optional<Er7Segment> header, List<Hl7Error> errors, Instant now) {
    if (header.isPresent() && !wanted(header.get(), errors.isEmpty())) {
      return Optional.empty();
    }
    try {
      ACK ack = new ACK();
      Terser terser = new Terser(ack);
      // HAPI's quick start would fetch a message id from a file in the working directory.
      terser.set("MSH-1", "|");
      terser.set("MSH-2", "^~\\&");
      terser.set("MSH-9-1", "ACK");
      terser.set("MSH-11", "P");
      terser.set("MSH-3-1", APPLICATION);
      if (header.isPresent()) {
        addressBack(terser, header.get());
      }
      terser.set("MSH-7", Hl7Time.write(now));
      terser.set("MSH-10", UUID.randomUUID().toString().replace("-", ""));
      terser.set("MSH-12", "2.6");
      terser.set("MSH-18", "UNICODE UTF-8");
      terser.set("MSA-1", code(errors));
      terser.set("MSA-2", header.map(msh -> msh.field(10)).orElse(""));
      for (int i = 0; i < errors.size(); i++) {
        error(terser, i, errors.get(i));
      }
      return Optional.of(
          PipeParser.getInstanceWithNoValidation().encode(ack).getBytes(StandardCharsets.UTF_8));
    } catch (HL7Exception e) {
      throw new IllegalStateException("an acknowledgement could not be written", e);
    }
  }

  private static String code(List<Hl7Error> errors) {
    if (errors.isEmpty()) {
      return "AA";
    }
    return errors.get(0).code().rejects() ? "AR" : "AE";
  }

  private static void addressBack(Terser terser, Er7Segment header) throws HL7Exception {
    for (int component = 1; component <= 3; component++) {
      if (!header.field(5).isEmpty()) {
        terser.set("MSH-3-" + component, header.component(5, component));
      }
      terser.set("MSH-4-" + component, header.component(6, component));
      terser.set("MSH-5-" + component, header.component(3, component));
      terser.set("MSH-6-" + component, header.component(4, component));
    }
    terser.set("MSH-9-2", header.component(9, 2));
    terser.set("MSH-9-3", "ACK");
    if (!header.field(11).isEmpty()) {
      terser.set("MSH-11", header.field(11));
    }
  }

  private static void error(Terser terser, int index, Hl7Error error) throws HL7Exception {
    String err = "/.ERR(" + index + ")-";
    Er7Location location = error.location();
    if (!location.segment().isEmpty()) {
      terser.set(err + "2-1", location.segment());
      terser.set(err + "2-2", Integer.toString(location.sequence()));
      if (location.field() > 0) {
        terser.set(err + "2-3", Integer.toString(location.field()));
      }
    }
    terser.set(err + "3-1", Integer.toString(error.code().number()));
    terser.set(err + "3-2", error.code().text());
    terser.set(err + "3-3", "HL70357");
    terser.set(err + "4", "E");
    terser.set(err + "8", error.message());
  }

  /** Original mode asks always; in enhanced mode either field may. */
  private static boolean wanted(Er7Segment header, boolean good) {
    String accept = header.field(15);
    String application = header.field(16);
    return (accept.isEmpty() && application.isEmpty())
        || asks(accept, good)
        || asks(application, good);
  }

  private static boolean asks(String condition, boolean good) {
    return switch (condition) {
      case "", "NE" -> false;
      case "SU" -> good;
      case "ER" -> !good;
      default -> true;
    };
  }
}
