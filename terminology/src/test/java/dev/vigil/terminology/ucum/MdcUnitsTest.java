package dev.vigil.terminology.ucum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.BufferedReader;
import java.io.StringReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class MdcUnitsTest {

  private final MdcUnits units = MdcUnits.standard();

  @ParameterizedTest
  @CsvSource({
    "262656, 1",
    "262688, %",
    "263762, mL",
    "263875, kg",
    "264274, mg/dL",
    "264306, mg/mL",
    "264320, s",
    "264338, ms",
    "264864, /min",
    "264928, /min",
    "265266, mL/h",
    "265619, ug/kg/min",
    "266016, mm[Hg]",
    "266418, mV",
    "266866, mmol/L",
    "268192, Cel"
  })
  void givesTheUcumUnitOfAnMdcUnit(String mdc, String ucum) {
    assertThat(units.ucum(mdc)).contains(ucum);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "3872", "150456", "MDC_DIM_MMHG"})
  void givesNothingForAnythingElse(String mdc) {
    assertThat(units.ucum(mdc)).isEmpty();
  }

  @Test
  void holdsOnlyUnitsThatUcumKnows() {
    assertThat(units.units()).isNotEmpty().allMatch(Ucum.standard()::valid);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "3872\tMDC_DIM_MMHG\tmm[Hg]",
        "266016\tMDC_DIM_MMHG\tmmHg",
        "266016\tMDC_DIM_MMHG",
        "266016\tA\tmm[Hg]\n266016\tB\tkPa"
      })
  void refusesABrokenTable(String rows) {
    assertThatIllegalStateException()
        .isThrownBy(() -> MdcUnits.read(new BufferedReader(new StringReader(rows))));
  }
}
