package dev.vigil.hl7.mllp;

/**
 * What stood between the start and the end of a block.
 *
 * @param content the bytes, without the framing; of an oversize frame only its beginning
 * @param whole false if the frame was larger than the limit: the rest was read and thrown away
 */
public record Frame(byte[] content, boolean whole) {

  /** Hides the content. */
  @Override
  public String toString() {
    return "Frame[" + content.length + " bytes" + (whole ? "" : ", cut") + "]";
  }
}
