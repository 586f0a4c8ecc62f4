import { describe, expect, it } from '@jest/globals';
import { readHtml } from './html-fragments.js';

describe('raw HTML', () => {
  it.each([
    ['<div class="a > b">one <b>two</b></div>', 'one two'],
    ['<!-- not this --> this', 'this'],
    ['<!--> shown <!---> too', 'shown too'],
    ['a <!-- never closed', 'a'],
    ['<!DOCTYPE html><?xml version="1.0"?>x', 'x'],
    ['<![CDATA[hidden]]>x', 'x'],
    ['<script>let a = "<b>";</script>after<STYLE>p {}</style >', 'after'],
    ['<scripture>kept</scripture>', 'kept'],
    ['1 < 2 and 3 <', '1 < 2 and 3 <'],
    ['<a href=x', ''],
    ['<br/>line<br>line', 'line line'],
    ['<Tabs items={["a"]}>\n  Words\n</Tabs>', 'Words'],
  ])('of %j the words are %j', (html, text) => {
    expect(readHtml(html).text).toBe(text);
  });

  it('offers ids of all elements and names of links as anchors', () => {
    const html = `<a name="one"></a><A ID='two'>x</A><p class=c id=three data-id="no"><input name="no"><p id=""><!-- <p id="no"> -->`;
    expect(readHtml(html).anchors).toEqual(['one', 'two', 'three']);
  });

  it('takes time in proportion to its length', () => {
    for (const piece of ['<', '<a ', '<a b="', '<!--', '<!x', '<script', "<p id='", '< /']) {
      expect(readHtml(piece.repeat(40_000)).anchors.length).toBeLessThan(40_001);
    }
  });
});
