package dev.vigil.server.fhir;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.RestfulServerUtils;
import ca.uhn.fhir.rest.server.interceptor.auth.AuthorizationConstants;
import dev.vigil.core.Problem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Refuses numbers whose exponent has more than three digits. No measurement needs one, and HAPI's
 * parser writes every number out: {@code 1e999999999} would fill the memory.
 */
@Interceptor
final class NumberLimit {

  private static final int MOST_DIGITS = 3;

  private static final Pattern IN_XML =
      Pattern.compile("value\\s*=\\s*[\"'][-+]?[0-9.]+[eE][-+]?[0-9]{4,}[\"']");

  /** Before anything parses the body, once it is known who calls. */
  @Hook(
      value = Pointcut.SERVER_INCOMING_REQUEST_POST_PROCESSED,
      order = AuthorizationConstants.ORDER_AUTH_INTERCEPTOR)
  void look(RequestDetails request) {
    if (StreamedBody.of(request.getOperation())) {
      return;
    }
    byte[] body = request.loadRequestContents();
    if (body == null) {
      return;
    }
    boolean huge =
        RestfulServerUtils.determineRequestEncodingNoDefault(request) == EncodingEnum.XML
            ? IN_XML.matcher(new String(body, StandardCharsets.UTF_8)).find()
            : hasHugeNumber(body);
    if (huge) {
      throw Refusals.asHttp(
          List.of(
              new Problem(
                  Problem.Kind.UNREADABLE, "", "a number's exponent has three digits at most")));
    }
  }

  /**
   * Whether there is an exponent of more than three digits, leading zeros counted, outside of the
   * strings of a JSON text; of any other text the answer means nothing, but comes.
   */
  static boolean hasHugeNumber(byte[] json) {
    boolean inString = false;
    for (int i = 0; i < json.length; i++) {
      byte at = json[i];
      if (inString) {
        if (at == '\\') {
          i++;
        } else if (at == '"') {
          inString = false;
        }
      } else if (at == '"') {
        inString = true;
      } else if ((at == 'e' || at == 'E') && i > 0 && isDigit(json[i - 1])) {
        int first = i + 1;
        if (first < json.length && (json[first] == '+' || json[first] == '-')) {
          first++;
        }
        int end = first;
        while (end < json.length && isDigit(json[end])) {
          end++;
        }
        if (end - first > MOST_DIGITS) {
          return true;
        }
        i = end - 1;
      }
    }
    return false;
  }

  private static boolean isDigit(byte character) {
    return character >= '0' && character <= '9';
  }
}
