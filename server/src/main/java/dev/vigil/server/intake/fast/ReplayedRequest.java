package dev.vigil.server.intake.fast;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;

/** A request whose body was read in part or in whole, and can be read again. */
final class ReplayedRequest extends HttpServletRequestWrapper {

  private final ServletInputStream stream;

  /**
   * @param read what was read
   * @param rest what was not; null if that was all
   */
  ReplayedRequest(HttpServletRequest request, byte[] read, InputStream rest) {
    super(request);
    InputStream again = new ByteArrayInputStream(read);
    this.stream = new Again(rest == null ? again : new SequenceInputStream(again, rest));
  }

  @Override
  public ServletInputStream getInputStream() {
    return stream;
  }

  @Override
  public BufferedReader getReader() {
    return new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
  }

  private static final class Again extends ServletInputStream {

    private final InputStream source;
    private boolean finished;

    Again(InputStream source) {
      this.source = source;
    }

    @Override
    public int read() throws IOException {
      int value = source.read();
      finished |= value < 0;
      return value;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int count = source.read(buffer, offset, length);
      finished |= count < 0;
      return count;
    }

    @Override
    public boolean isFinished() {
      return finished;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setReadListener(ReadListener listener) {
      throw new IllegalStateException("this request is read by its own thread");
    }
  }
}
