package dev.vigil.server.observation.search;

/** Names under which entries are kept besides those of the search parameters. */
final class ParamNames {

  static final String TAG = "_tag";
  static final String SECURITY = "_security";
  static final String PROFILE = "_profile";

  /** Of {@code meta.source} without the request's id behind the number sign. */
  static final String SOURCE = "_source";

  private ParamNames() {}

  /** Displays and texts of the codes of a token parameter. */
  static String text(String param) {
    return param + ":text";
  }

  /** Identifiers together with their type. */
  static String ofType(String param) {
    return param + ":of-type";
  }

  /** Identifiers inside the references of a reference parameter. */
  static String identifier(String param) {
    return param + ":identifier";
  }
}
