package dev.vigil.server.bulk.export;

/** One of the stores, page by page in an order that does not move while it is written to. */
interface PageSource {

  /**
   * What comes next.
   *
   * @param after position of the page before; 0 for the beginning
   */
  Page after(Extract extract, long after);
}
