package dev.vigil.server.fhir;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.api.RequestTypeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.RestfulServerUtils;
import java.nio.charset.StandardCharsets;

/**
 * Lets an operation without parameters be called with an empty body: many clients name a content
 * type all the same, and HAPI would look for a resource to parse.
 */
@Interceptor
final class EmptyOperationBody {

  private static final byte[] JSON =
      "{\"resourceType\":\"Parameters\"}".getBytes(StandardCharsets.UTF_8);
  private static final byte[] XML =
      "<Parameters xmlns=\"http://hl7.org/fhir\"/>".getBytes(StandardCharsets.UTF_8);

  @Hook(Pointcut.SERVER_INCOMING_REQUEST_POST_PROCESSED)
  void fill(RequestDetails request) {
    boolean operation = request.getOperation() != null && request.getOperation().startsWith("$");
    if (!operation
        || StreamedBody.of(request.getOperation())
        || request.getRequestType() != RequestTypeEnum.POST) {
      return;
    }
    EncodingEnum encoding = RestfulServerUtils.determineRequestEncodingNoDefault(request);
    if (encoding != null && request.loadRequestContents().length == 0) {
      request.setRequestContents(encoding == EncodingEnum.XML ? XML : JSON);
    }
  }
}
