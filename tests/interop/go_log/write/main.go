// write makes a feed directory with golang.org/x/mod/sumdb alone, for read_log to read:
//
//	write FOLDER SIZE [ORIGIN COSIGNER [OLD-SIZE ...]]
//
// For each old size but the last, and SIZE at the end, requests/OLD-NEW is an add-checkpoint request from one to the
// next. Beside checkpoint and tile/ it writes `vkey` (the log's, then the cosigner's, a line each) and `proofs`: lines
// of "inclusion INDEX SIZE HASH..." and "consistency OLD SIZE HASH...", hashes in base64.
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8
const tileWidth = 1 << tileHeight

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "write:", err)
		os.Exit(1)
	}
}

type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		out[i] = h[x]
	}
	return out, nil
}

// cosigner signs C2SP cosignature/v1 lines, which x/mod leaves to its users.
type cosigner struct {
	name string
	time uint64
	key  ed25519.PrivateKey
}

func (c cosigner) kindAndKey() []byte {
	return append([]byte{4}, c.key.Public().(ed25519.PublicKey)...)
}
func (c cosigner) Name() string { return c.name }
func (c cosigner) KeyHash() uint32 {
	sum := sha256.Sum256(append([]byte(c.name+"\n"), c.kindAndKey()...))
	return binary.BigEndian.Uint32(sum[:4])
}
func (c cosigner) Sign(msg []byte) ([]byte, error) {
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", c.time, msg)
	return append(binary.BigEndian.AppendUint64(nil, c.time), ed25519.Sign(c.key, []byte(signed))...), nil
}
func (c cosigner) vkey() string {
	return fmt.Sprintf("%s+%08x+%s", c.name, c.KeyHash(), base64.StdEncoding.EncodeToString(c.kindAndKey()))
}

func entry(i int) []byte {
	id := sha256.Sum256([]byte(fmt.Sprintf("go uuid %d", i-i%5)))
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	urn := fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:16])
	if i%5 == 4 {
		return []byte(fmt.Sprintf(`{"id":"%s","op":"del","why":"closed"}`, urn))
	}
	document := sha256.Sum256([]byte(fmt.Sprintf("go document %d", i)))
	return []byte(fmt.Sprintf(`{"exp":%d,"h":"%s","id":"%s","op":"put","t":"listing"}`,
		1825027200+i, base64.RawURLEncoding.EncodeToString(document[:]), urn))
}

func main() {
	if len(os.Args) != 3 && len(os.Args) < 5 {
		fmt.Fprintln(os.Stderr, "usage: write FOLDER SIZE [ORIGIN COSIGNER [OLD-SIZE ...]]")
		os.Exit(1)
	}
	dir := os.Args[1]
	size, err := strconv.Atoi(os.Args[2])
	must(err)
	write := func(path string, data []byte) {
		path = filepath.Join(dir, path)
		must(os.MkdirAll(filepath.Dir(path), 0o755))
		must(os.WriteFile(path, data, 0o644))
	}

	var stored hashes
	for i := 0; i < size; i++ {
		more, err := tlog.StoredHashes(int64(i), entry(i), stored)
		must(err)
		stored = append(stored, more...)
	}
	for _, t := range tlog.NewTiles(tileHeight, 0, int64(size)) {
		data, err := tlog.ReadTileData(t, stored)
		must(err)
		write("tile/"+strings.TrimPrefix(t.Path(), fmt.Sprintf("tile/%d/", tileHeight)), data)
	}
	for first := 0; first < size; first += tileWidth {
		var data []byte
		width := 0
		for ; width < tileWidth && first+width < size; width++ {
			e := entry(first + width)
			data = binary.BigEndian.AppendUint16(data, uint16(len(e)))
			data = append(data, e...)
		}
		t := tlog.Tile{H: tileHeight, L: -1, N: int64(first / tileWidth), W: width}
		write("tile/entries/"+strings.TrimPrefix(t.Path(), fmt.Sprintf("tile/%d/data/", tileHeight)), data)
	}

	seed := sha256.Sum256([]byte("go log"))
	key := ed25519.NewKeyFromSeed(seed[:])
	origin, nodeName := "webvh/QmdmPkUdYzbr9txmx8gM2rsHPgr5L6m3gHjJGAf4vUFoGE/3",
		"webvh/QmdmPkUdYzbr9txmx8gM2rsHPgr5L6m3gHjJGAf4vUFoGE/node"
	if len(os.Args) >= 5 {
		origin, nodeName = os.Args[3], os.Args[4]
	}
	vkey, err := note.NewEd25519VerifierKey(origin, key.Public().(ed25519.PublicKey))
	must(err)
	signer, err := note.NewSigner("PRIVATE+KEY+" + origin + "+" + strings.Split(vkey, "+")[1] + "+" +
		base64.StdEncoding.EncodeToString(append([]byte{1}, seed[:]...)))
	must(err)
	nodeSeed := sha256.Sum256([]byte("go node"))
	node := cosigner{nodeName, 1795000001, ed25519.NewKeyFromSeed(nodeSeed[:])}
	checkpoint := func(size int) []byte {
		root, err := tlog.TreeHash(int64(size), stored)
		must(err)
		signed, err := note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%s\n", origin, size, root)}, signer, node)
		must(err)
		return signed
	}
	write("checkpoint", checkpoint(size))
	write("vkey", []byte(vkey+"\n"+node.vkey()+"\n"))

	var proofs strings.Builder
	line := func(kind string, number int, proof []tlog.Hash) {
		fmt.Fprintf(&proofs, "%s %d %d", kind, number, size)
		for _, hash := range proof {
			fmt.Fprintf(&proofs, " %s", hash)
		}
		fmt.Fprintln(&proofs)
	}
	step := size/23 + 1
	for i := 0; i < size; i += step {
		proof, err := tlog.ProveRecord(int64(size), int64(i), stored)
		must(err)
		line("inclusion", i, proof)
		old, err := tlog.ProveTree(int64(size), int64(i+1), stored)
		must(err)
		line("consistency", i+1, old)
	}
	for _, old := range []int{1, 2, 255, 256, 257, 512, 65535, 65536, 65537, size - 1, size} {
		if old < 1 || old > size {
			continue
		}
		proof, err := tlog.ProveTree(int64(size), int64(old), stored)
		must(err)
		line("consistency", old, proof)
	}
	write("proofs", []byte(proofs.String()))

	var sizes []int
	if len(os.Args) > 5 {
		for _, word := range os.Args[5:] {
			old, err := strconv.Atoi(word)
			must(err)
			sizes = append(sizes, old)
		}
		sizes = append(sizes, size)
	}
	for i := 0; i+1 < len(sizes); i++ {
		request := fmt.Sprintf("old %d\n", sizes[i])
		if sizes[i] > 0 && sizes[i] < sizes[i+1] {
			proof, err := tlog.ProveTree(int64(sizes[i+1]), int64(sizes[i]), stored)
			must(err)
			for _, hash := range proof {
				request += hash.String() + "\n"
			}
		}
		write(fmt.Sprintf("requests/%d-%d", sizes[i], sizes[i+1]), append([]byte(request+"\n"), checkpoint(sizes[i+1])...))
	}
	fmt.Println("wrote", size, "entries")
}
