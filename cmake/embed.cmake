# cmake -DINPUT=a.sql -DOUTPUT=a.h -DNAME=kSchemaSql [-DNAMESPACE=node] -P embed.cmake: a text file as a constant of C++.
file(READ "${INPUT}" text)
string(LENGTH "${text}" length)
# Compilers cap one string literal; pieces are joined by the compiler.
set(pieces "")
set(at 0)
while(at LESS length)
  string(SUBSTRING "${text}" ${at} 8000 piece)
  string(APPEND pieces "R\"kith(${piece})kith\"\n")
  math(EXPR at "${at} + 8000")
endwhile()
file(WRITE "${OUTPUT}" "#pragma once\n\nnamespace ${NAMESPACE} {\ninline constexpr char ${NAME}[] =\n${pieces};\n}\n")
