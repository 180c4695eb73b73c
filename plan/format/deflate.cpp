#include "plan/format/deflate.h"

#include <zlib.h>

#include <new>
#include <stdexcept>

namespace capplan::plan {

namespace {

constexpr std::size_t longest = std::size_t{64} << 20;

/// zlib's own type: it changes nothing that it reads.
Bytef* bytes_of(std::string_view text) { return reinterpret_cast<Bytef*>(const_cast<char*>(text.data())); }

struct Deflater {
  z_stream stream{};
  Deflater() {
    if (deflateInit(&stream, Z_DEFAULT_COMPRESSION) != Z_OK) throw std::bad_alloc();
  }
  ~Deflater() { deflateEnd(&stream); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
};

struct Inflater {
  z_stream stream{};
  Inflater() {
    if (inflateInit(&stream) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
};

}  // namespace

std::string deflated(std::string_view text, std::string_view dictionary) {
  if (text.size() > longest) throw std::invalid_argument("is longer than 64 MB");
  Deflater deflater;
  z_stream& stream = deflater.stream;
  if (!dictionary.empty()) deflateSetDictionary(&stream, bytes_of(dictionary), static_cast<uInt>(dictionary.size()));
  std::string result(deflateBound(&stream, text.size()) + 16, '\0');  // and the dictionary's name
  stream.next_in = bytes_of(text);
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = bytes_of(result);
  stream.avail_out = static_cast<uInt>(result.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) throw std::logic_error("deflated: the bound does not hold");
  result.resize(stream.total_out);
  return result;
}

std::string inflated(std::string_view bytes, std::string_view dictionary) {
  Inflater inflater;
  z_stream& stream = inflater.stream;
  stream.next_in = bytes_of(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string text, block(std::size_t{1} << 15, '\0');
  int status = Z_OK;
  while (status != Z_STREAM_END) {
    stream.next_out = bytes_of(block);
    stream.avail_out = static_cast<uInt>(block.size());
    status = inflate(&stream, Z_NO_FLUSH);
    if (status == Z_NEED_DICT && !dictionary.empty())
      status = inflateSetDictionary(&stream, bytes_of(dictionary), static_cast<uInt>(dictionary.size()));
    else if (status == Z_MEM_ERROR)
      throw std::bad_alloc();
    if (status != Z_OK && status != Z_STREAM_END) throw std::invalid_argument("is damaged: its texts do not unpack");
    text.append(block, 0, block.size() - stream.avail_out);
    if (text.size() > longest) throw std::invalid_argument("is damaged: it unpacks to more than 64 MB");
  }
  return text;
}

std::uint32_t checksum(std::string_view bytes) {
  return static_cast<std::uint32_t>(crc32(0, bytes_of(bytes), static_cast<uInt>(bytes.size())));
}

}  // namespace capplan::plan
