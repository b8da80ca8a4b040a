package dev.vigil.hl7;

import java.nio.charset.StandardCharsets;

/** A small good PCD-01 message, and ways to spoil it. */
public final class TestMessages {

  private TestMessages() {}

  /** One pulse oximeter, one saturation of 97 %. */
  public static String saturation() {
    return String.join(
            "\r",
            "MSH|^~\\&|GATEWAY^0011223344556677^EUI-64|WARD|||20260301120000+0000||ORU^R01^ORU_R01"
                + "|M1|P|2.6|||AL|NE||UNICODE UTF-8|||IHE_PCD_001^IHE PCD"
                + "^1.3.6.1.4.1.19376.1.6.1.1.1^ISO",
            "PID|||S-1001^^^WARD^MR||Sample^Ada^^^^^L||19500102|F",
            "PV1||I",
            "OBR|1|O1^GATEWAY|O1^GATEWAY|69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS^MDC"
                + "|||20260301115959+0000",
            "OBX|1||69965^MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS^MDC|1.0.0.0|||||||X|||||||"
                + "FEEDFFFE00000001^^FEEDFFFE00000001^EUI-64",
            "OBX|2|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.3.1.1|97|262688^MDC_DIM_PERCENT^MDC"
                + "|||||R|||20260301115930+0000")
        + "\r";
  }

  /** The bytes of a text. */
  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The text of an answer. */
  public static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
