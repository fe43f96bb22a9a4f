// check reads a feed directory with golang.org/x/mod/sumdb alone and says whether it is a log:
//
//	check FOLDER LOG-VKEY COSIGNER-VKEY OLD-SIZE[,OLD-SIZE ...]
//
//	check cosigned REQUEST ANSWER LOG-VKEY COSIGNER-VKEY
//
// The second form takes an add-checkpoint request and what a witness answered, and says whether that is its signature
// on the checkpoint of the request. The first verifies both signatures of the checkpoint, recomputes every file below tile/ from the entries, and proves
// through the hash tiles that every entry is included and that the log extends each old size.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8
const tileWidth = 1 << tileHeight

func fail(format string, args ...interface{}) {
	fmt.Fprintf(os.Stderr, "check: "+format+"\n", args...)
	os.Exit(1)
}

func must(err error) {
	if err != nil {
		fail("%v", err)
	}
}

// cosigner verifies C2SP cosignature/v1 lines, which x/mod leaves to its users.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
	time uint64
}

func newCosigner(vkey string) *cosigner {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		fail("cosigner vkey: %q", vkey)
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	must(err)
	if len(key) != 1+ed25519.PublicKeySize || key[0] != 4 {
		fail("cosigner vkey: not of kind 4")
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	hash := binary.BigEndian.Uint32(sum[:4])
	if fmt.Sprintf("%08x", hash) != parts[1] {
		fail("cosigner vkey: id is %08x", hash)
	}
	return &cosigner{name: parts[0], hash: hash, key: key[1:]}
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }
func (c *cosigner) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	c.time = binary.BigEndian.Uint64(sig)
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", c.time, msg)
	return ed25519.Verify(c.key, []byte(signed), sig[8:])
}

// hashes are the stored hashes of the tree, recomputed from the entries.
type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		if x >= int64(len(h)) {
			return nil, fmt.Errorf("no hash %d", x)
		}
		out[i] = h[x]
	}
	return out, nil
}

// c2spPath is the tile's path in the layout of C2SP tlog-tiles, which knows one height only.
func c2spPath(t tlog.Tile) string {
	path := strings.TrimPrefix(t.Path(), fmt.Sprintf("tile/%d/", tileHeight))
	return "tile/" + strings.Replace(path, "data/", "entries/", 1)
}

// folder reads tiles below its path, each file once.
type folder struct {
	path string
	read map[string][]byte
}

func (f *folder) Height() int                     { return tileHeight }
func (f *folder) SaveTiles([]tlog.Tile, [][]byte) {}
func (f *folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, len(tiles))
	for i, t := range tiles {
		path := c2spPath(t)
		data, ok := f.read[path]
		if !ok {
			var err error
			if data, err = os.ReadFile(filepath.Join(f.path, path)); err != nil {
				return nil, err
			}
			f.read[path] = data
		}
		out[i] = data
	}
	return out, nil
}

// checkCosigned does as tlog-witness tells clients: concatenate, open, look for the cosigner.
func checkCosigned(requestFile, answerFile, logVkey, cosignerVkey string) {
	request, err := os.ReadFile(requestFile)
	must(err)
	answer, err := os.ReadFile(answerFile)
	must(err)
	blank := bytes.Index(request, []byte("\n\n"))
	if blank < 0 {
		fail("%s: no blank line", requestFile)
	}
	log, err := note.NewVerifier(logVkey)
	must(err)
	cosigned := newCosigner(cosignerVkey)
	opened, err := note.Open(append(request[blank+2:], answer...), note.VerifierList(log, cosigned))
	must(err)
	names := map[string]bool{}
	for _, sig := range opened.Sigs {
		names[sig.Name] = true
	}
	if !names[log.Name()] || !names[cosigned.Name()] {
		fail("verified lines of %v only", names)
	}
	fmt.Printf("ok: %s cosigned at %d\n", strings.Split(opened.Text, "\n")[1], cosigned.time)
}

func main() {
	if len(os.Args) == 6 && os.Args[1] == "cosigned" {
		checkCosigned(os.Args[2], os.Args[3], os.Args[4], os.Args[5])
		return
	}
	if len(os.Args) != 5 {
		fail("usage: check FOLDER LOG-VKEY COSIGNER-VKEY OLD-SIZE[,OLD-SIZE ...]")
	}
	dir := &folder{path: os.Args[1], read: map[string][]byte{}}
	log, err := note.NewVerifier(os.Args[2])
	must(err)
	cosigned := newCosigner(os.Args[3])

	// The checkpoint.
	signed, err := os.ReadFile(filepath.Join(dir.path, "checkpoint"))
	must(err)
	opened, err := note.Open(signed, note.VerifierList(log, cosigned))
	must(err)
	if len(opened.Sigs) != 2 || len(opened.UnverifiedSigs) != 0 {
		fail("checkpoint: %d verified and %d other lines", len(opened.Sigs), len(opened.UnverifiedSigs))
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != log.Name() {
		fail("checkpoint: not three lines of %s: %q", log.Name(), opened.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := tlog.ParseHash(lines[2])
	must(err)
	tree := tlog.Tree{N: size, Hash: root}

	// The entries of the checkpoint's size, and all hashes from them.
	var stored hashes
	var entries [][]byte
	for bundle := int64(0); bundle*tileWidth < size; bundle++ {
		width := int64(tileWidth)
		if rest := size - bundle*tileWidth; rest < width {
			width = rest
		}
		path := c2spPath(tlog.Tile{H: tileHeight, L: -1, N: bundle, W: int(width)})
		data, err := os.ReadFile(filepath.Join(dir.path, path))
		must(err)
		for i := int64(0); i < width; i++ {
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				fail("%s: ends within entry %d", path, i)
			}
			end := 2 + int(binary.BigEndian.Uint16(data))
			entry := data[2:end]
			data = data[end:]
			more, err := tlog.StoredHashes(int64(len(entries)), entry, stored)
			must(err)
			stored = append(stored, more...)
			entries = append(entries, entry)
		}
		if len(data) != 0 {
			fail("%s: %d bytes too many", path, len(data))
		}
	}
	if size > 0 {
		computed, err := tlog.TreeHash(size, stored)
		must(err)
		if computed != root {
			fail("root: entries give %v, checkpoint says %v", computed, root)
		}
	}

	// Every file below tile/, those of earlier sizes too, is what the entries make of it.
	compared := map[string]bool{}
	must(filepath.WalkDir(filepath.Join(dir.path, "tile"), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return nil
		}
		relative, err := filepath.Rel(dir.path, path)
		if err != nil {
			return err
		}
		goPath := strings.Replace(relative, "tile/", fmt.Sprintf("tile/%d/", tileHeight), 1)
		tile, err := tlog.ParseTilePath(strings.Replace(goPath, "/entries/", "/data/", 1))
		if err != nil {
			return err
		}
		var want []byte
		if tile.L == -1 {
			for i := tile.N * tileWidth; i < tile.N*tileWidth+int64(tile.W); i++ {
				want = binary.BigEndian.AppendUint16(want, uint16(len(entries[i])))
				want = append(want, entries[i]...)
			}
		} else if want, err = tlog.ReadTileData(tile, stored); err != nil {
			return err
		}
		have, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if !bytes.Equal(have, want) {
			return fmt.Errorf("%s: other bytes than its entries make", relative)
		}
		compared[relative] = true
		return nil
	}))

	// Nothing that this size needs is missing.
	for level := 0; size>>(tileHeight*level) > 0; level++ {
		count := size >> (tileHeight * level)
		for n := int64(0); n*tileWidth < count; n++ {
			width := count - n*tileWidth
			if width > tileWidth {
				width = tileWidth
			}
			path := c2spPath(tlog.Tile{H: tileHeight, L: level, N: n, W: int(width)})
			if !compared[path] {
				fail("%s: missing", path)
			}
		}
	}

	// Inclusion of every entry. Through the tiles, where each proof authenticates the tiles anew, all entries of a
	// small log and every 97th of a large one.
	tiles := tlog.TileHashReader(tree, dir)
	through := 0
	for i, entry := range entries {
		var from tlog.HashReader = stored
		if size <= 2000 || i%97 == 0 || i == len(entries)-1 {
			from = tiles
			through++
		}
		proof, err := tlog.ProveRecord(size, int64(i), from)
		must(err)
		must(tlog.CheckRecord(proof, size, root, int64(i), tlog.RecordHash(entry)))
	}

	// Consistency.
	extended := 0
	for _, word := range strings.Split(os.Args[4], ",") {
		old, err := strconv.ParseInt(word, 10, 64)
		must(err)
		if old < 1 || old > size {
			fail("old size %d of a log of %d", old, size)
		}
		before, err := tlog.TreeHash(old, stored)
		must(err)
		proof, err := tlog.ProveTree(size, old, tiles)
		must(err)
		must(tlog.CheckTree(proof, size, root, old, before))
		extended++
	}
	fmt.Printf("ok: %s size %d, cosigned at %d, %d tile files, %d inclusions (%d through tiles), %d consistencies\n",
		lines[0], size, cosigned.time, len(compared), len(entries), through, extended)
}
