package dev.vigil.server.fhir;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.zip.GZIPInputStream;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Answers 413 to a body above the limit: at once if the length is declared, else as soon as the
 * stream passes it, unpacked if it came packed. Nothing of such a request is stored, since it is
 * never parsed.
 */
final class BodyLimit extends OncePerRequestFilter {

  private static final String OUTCOME =
      """
      {"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"too-costly",\
      "diagnostics":"The request body is above the limit of %d bytes."}]}""";

  private final long limit;

  BodyLimit(long limit) {
    this.limit = limit;
  }

  /** What is read as a stream may be of any length. */
  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return StreamedBody.of(request);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (request.getContentLengthLong() > limit) {
      refuse(response);
      return;
    }
    LimitedRequest limited = new LimitedRequest(request, limit);
    chain.doFilter(limited, response);
  }

  private void refuse(HttpServletResponse response) throws IOException {
    response.reset();
    response.setStatus(HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE);
    response.setContentType("application/fhir+json;charset=UTF-8");
    response.setHeader("Connection", "close");
    response.getOutputStream().write(OUTCOME.formatted(limit).getBytes(StandardCharsets.UTF_8));
    // Now: at the end of the request the container would wait for the body first.
    response.flushBuffer();
  }

  /**
   * Unchecked, so that no layer between mistakes it for a broken connection. {@link AnswerShape}
   * makes the answer of it.
   */
  static final class TooLarge extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLarge() {
      super("the request body is above the limit", null, false, false);
    }
  }

  private static final class LimitedRequest extends HttpServletRequestWrapper {
    private final long limit;
    private ServletInputStream stream;

    LimitedRequest(HttpServletRequest request, long limit) {
      super(request);
      this.limit = limit;
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
      if (stream == null) {
        ServletInputStream sent = super.getInputStream();
        stream = new LimitedStream(packed() ? new GZIPInputStream(sent) : sent, sent, limit);
      }
      return stream;
    }

    private boolean packed() {
      return "gzip".equalsIgnoreCase(super.getHeader(HttpHeaders.CONTENT_ENCODING));
    }

    /** Without the encoding that is undone here. */
    @Override
    public String getHeader(String name) {
      return HttpHeaders.CONTENT_ENCODING.equalsIgnoreCase(name) && packed()
          ? null
          : super.getHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
      return HttpHeaders.CONTENT_ENCODING.equalsIgnoreCase(name) && packed()
          ? Collections.emptyEnumeration()
          : super.getHeaders(name);
    }
  }

  private static final class LimitedStream extends ServletInputStream {
    private final InputStream source;
    private final ServletInputStream sent;
    private long left;

    LimitedStream(InputStream source, ServletInputStream sent, long limit) {
      this.source = source;
      this.sent = sent;
      this.left = limit;
    }

    @Override
    public int read() throws IOException {
      int value = source.read();
      count(value < 0 ? 0 : 1);
      return value;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int count = source.read(buffer, offset, length);
      count(Math.max(count, 0));
      return count;
    }

    private void count(int bytes) {
      left -= bytes;
      if (left < 0) {
        throw new TooLarge();
      }
    }

    @Override
    public boolean isFinished() {
      return sent.isFinished();
    }

    @Override
    public boolean isReady() {
      return sent.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
      sent.setReadListener(listener);
    }
  }
}
