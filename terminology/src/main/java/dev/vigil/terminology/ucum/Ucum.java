package dev.vigil.terminology.ucum;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.fhir.ucum.Decimal;
import org.fhir.ucum.Pair;
import org.fhir.ucum.UcumEssenceService;
import org.fhir.ucum.UcumException;

/**
 * The Unified Code for Units of Measure, case-sensitive: which codes are valid, which are of one
 * dimension, and conversion between those.
 *
 * <p>Annotations in braces carry no meaning in UCUM, so {@code {beat}/min} is {@code /min}. Glucose
 * in {@code mg/dL} and {@code mmol/L} is not of one dimension: that needs the molar mass.
 *
 * <p>Safe for use by many threads. What a unit means is worked out once and kept.
 */
public final class Ucum {

  /** The definitions, carried by the library's jar. */
  private static final String ESSENCE = "/ucum-essence.xml";

  private static final Pattern PRINTABLE = Pattern.compile("[\\x21-\\x7E]+");
  private static final Pattern ANNOTATION = Pattern.compile("\\{[^{}]*\\}");
  private static final Pattern LONE_ANNOTATION = Pattern.compile("(?<=^|[./(])\\{[^{}]*\\}");

  /** The library takes seconds to minutes over a hostile exponent; no real unit has such a one. */
  private static final Pattern LARGE_EXPONENT =
      Pattern.compile("10[*^][+-]?\\d{3}|[A-Za-z\\])'\"%][+-]?\\d{2}");

  private static final int LONGEST_UNIT = 24;
  private static final int LONGEST_TEXT = 120;
  private static final int KEPT_UNITS = 2_000;

  private static final MathContext EXACT = MathContext.DECIMAL128;
  private static final MathContext RESULT = new MathContext(15, RoundingMode.HALF_EVEN);

  private final UcumEssenceService library;
  private final Map<String, Optional<Meaning>> meanings = new ConcurrentHashMap<>();

  /**
   * What a unit means: {@code x} of it are {@code factor * x + offset} of the base units.
   *
   * @param base product of base units, in the library's normal form
   */
  private record Meaning(String base, BigDecimal factor, BigDecimal offset) {}

  private static final class Standard {
    static final Ucum INSTANCE = load();

    private static Ucum load() {
      try (InputStream essence = Ucum.class.getResourceAsStream(ESSENCE)) {
        if (essence == null) {
          throw new IllegalStateException("ucum-essence.xml is not on the class path");
        }
        return new Ucum(new UcumEssenceService(essence));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (UcumException e) {
        throw new IllegalStateException("ucum-essence.xml cannot be read", e);
      }
    }
  }

  private Ucum(UcumEssenceService library) {
    this.library = library;
    // The library stops at scales with an offset (UCUM 1.9, table 4: Cel, [degF]).
    meanings.put("Cel", Optional.of(new Meaning("K", BigDecimal.ONE, new BigDecimal("273.15"))));
    BigDecimal fiveNinths = new BigDecimal(5).divide(new BigDecimal(9), EXACT);
    meanings.put(
        "[degF]",
        Optional.of(
            new Meaning("K", fiveNinths, new BigDecimal("459.67").multiply(fiveNinths, EXACT))));
  }

  /** The one instance; the first call reads the definitions, which takes some 100 ms. */
  public static Ucum standard() {
    return Standard.INSTANCE;
  }

  /**
   * Whether the code is a UCUM unit that can be converted. Null, blank, {@code bpm} and {@code
   * mmHg} are not; nor are units longer than any in use.
   */
  public boolean valid(String unit) {
    return meaning(unit).isPresent();
  }

  /** Whether both are valid and of one dimension. */
  public boolean commensurable(String a, String b) {
    Optional<Meaning> first = meaning(a);
    Optional<Meaning> second = meaning(b);
    return first.isPresent()
        && second.isPresent()
        && first.get().base().equals(second.get().base());
  }

  /**
   * The same amount in another unit.
   *
   * @return the value itself, with its scale, if both units mean the same; otherwise rounded
   *     half-even to 15 significant digits, without trailing zeros: compare it by {@code compareTo}
   * @throws IllegalArgumentException if the units are not valid and of one dimension
   */
  public BigDecimal convert(BigDecimal value, String from, String to) {
    if (!commensurable(from, to)) {
      throw new IllegalArgumentException("the units are not of one dimension");
    }
    Meaning source = meaning(from).orElseThrow();
    Meaning target = meaning(to).orElseThrow();
    if (source.equals(target)) {
      return value;
    }
    BigDecimal result =
        value
            .multiply(source.factor(), EXACT)
            .add(source.offset().subtract(target.offset()), EXACT)
            .divide(target.factor(), EXACT)
            .round(RESULT)
            .stripTrailingZeros();
    boolean shortInteger = result.scale() < 0 && result.precision() - result.scale() <= 15;
    return shortInteger ? result.setScale(0) : result;
  }

  private Optional<Meaning> meaning(String unit) {
    if (unit == null || unit.length() > LONGEST_TEXT || !PRINTABLE.matcher(unit).matches()) {
      return Optional.empty();
    }
    String bare = withoutAnnotations(unit);
    Optional<Meaning> known = meanings.get(bare);
    if (known != null) {
      return known;
    }
    if (bare.length() > LONGEST_UNIT || LARGE_EXPONENT.matcher(bare).find()) {
      return Optional.empty();
    }
    Optional<Meaning> found = ask(bare);
    // Units come from outside: keep valid ones only, and not without end.
    if (found.isPresent() && meanings.size() < KEPT_UNITS) {
      meanings.put(bare, found);
    }
    return found;
  }

  private static String withoutAnnotations(String unit) {
    if (unit.indexOf('{') < 0) {
      return unit;
    }
    return ANNOTATION.matcher(LONE_ANNOTATION.matcher(unit).replaceAll("1")).replaceAll("");
  }

  /** The library makes no promise about threads, so one asks at a time. */
  private synchronized Optional<Meaning> ask(String unit) {
    try {
      if (library.validate(unit) != null) {
        return Optional.empty();
      }
      Pair one = library.getCanonicalForm(new Pair(new Decimal("1"), unit));
      BigDecimal factor = new BigDecimal(one.getValue().asDecimal());
      return factor.signum() == 0
          ? Optional.empty()
          : Optional.of(new Meaning(one.getCode(), factor, BigDecimal.ZERO));
    } catch (UcumException | RuntimeException e) {
      // A unit it cannot work with, for example mCel: the same to us as one that does not exist.
      return Optional.empty();
    }
  }
}
