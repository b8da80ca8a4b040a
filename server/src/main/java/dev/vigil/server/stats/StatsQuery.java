package dev.vigil.server.stats;

import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.DecimalType;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Period;
import org.hl7.fhir.r4.model.StringType;
import org.hl7.fhir.r4.model.UriType;

/**
 * What the operation is asked.
 *
 * @param subject with its type, without a server's address
 * @param codes each with its system; figures are told for each
 * @param from inclusive; null is open
 * @param to inclusive; null is open
 * @param limit how many sources to tell of each code; 0 for none
 */
record StatsQuery(
    IdType subject,
    List<Coding> codes,
    Instant from,
    Instant to,
    Set<Statistic> statistics,
    int limit) {

  private static final BigDecimal SECONDS_OF_HOUR = BigDecimal.valueOf(3_600);

  /** Longer than any record of a person. */
  private static final BigDecimal MOST_HOURS = BigDecimal.valueOf(2_000_000);

  /** A subject as a reference, which must be one to this server. */
  static IdType subject(UriType subject, String ownBase) {
    if (subject == null || !subject.hasValue()) {
      throw refusal("subject", "is required");
    }
    IdType id = new IdType(subject.getValue());
    boolean here = !id.hasBaseUrl() || id.getBaseUrl().equals(ownBase);
    if (!id.hasResourceType() || !id.hasIdPart() || !here) {
      throw refusal("subject", "is no reference to a resource of this server");
    }
    return id.toUnqualifiedVersionless();
  }

  /** Codes of one system, and codings of any. */
  static List<Coding> codes(List<StringType> codes, UriType system, List<Coding> codings) {
    List<Coding> all = new ArrayList<>();
    for (StringType code : codes == null ? List.<StringType>of() : codes) {
      if (system == null || !system.hasValue()) {
        throw refusal("system", "is required with a code");
      }
      all.add(new Coding(system.getValue(), code.getValue(), null));
    }
    for (Coding coding : codings == null ? List.<Coding>of() : codings) {
      if (!coding.hasSystem() || !coding.hasCode()) {
        throw refusal("coding", "needs a system and a code");
      }
      all.add(coding);
    }
    if (all.isEmpty()) {
      throw refusal("code", "or coding is required");
    }
    return all;
  }

  /** Each once, in the order asked for. */
  static Set<Statistic> statistics(List<CodeType> codes) {
    if (codes == null || codes.isEmpty()) {
      throw refusal("statistic", "is required");
    }
    Set<Statistic> statistics = new LinkedHashSet<>();
    for (CodeType code : codes) {
      List<Statistic> meant = Statistic.of(code.getValue());
      if (meant.isEmpty()) {
        throw new ProblemException(
            Problem.codeInvalid(
                expression("statistic"), "is not a code of observation-statistics"));
      }
      statistics.addAll(meant);
    }
    return statistics;
  }

  /** The begin of a duration of hours until now; null for none. */
  static Instant begin(DecimalType hours, Period period, Instant now) {
    if (hours == null || !hours.hasValue()) {
      return period == null ? null : moment(period.getStart());
    }
    BigDecimal value = hours.getValue();
    if (value.signum() <= 0 || value.compareTo(MOST_HOURS) > 0) {
      throw refusal("duration", "is no number of hours above 0");
    }
    return now.minus(Duration.ofSeconds(value.multiply(SECONDS_OF_HOUR).longValue()));
  }

  /** Now for a duration, else the end of the period, which is the last moment of its day. */
  static Instant end(DecimalType hours, Period period, Instant now) {
    if (hours != null && hours.hasValue()) {
      return now;
    }
    if (period == null || !period.hasEnd()) {
      return null;
    }
    Date next = period.getEndElement().getPrecision().add(period.getEnd(), 1);
    Instant end = next.toInstant().minusMillis(1);
    return end.isBefore(period.getEnd().toInstant()) ? moment(period.getEnd()) : end;
  }

  private static Instant moment(Date date) {
    return date == null ? null : date.toInstant();
  }

  static ProblemException refusal(String name, String why) {
    return new ProblemException(Problem.invalid(expression(name), name + " " + why));
  }

  static String expression(String name) {
    return "Parameters.parameter.where(name='" + name + "')";
  }
}
