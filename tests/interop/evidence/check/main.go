// check verifies the log side of an evidence bundle with golang.org/x/mod/sumdb alone:
//
//	check BUNDLE.json
//
// For the listing and each recognition it takes #sign from the newest entry of the identity log in the bundle, opens the
// checkpoint of the proof with it, proves the leaf's place in the log, compares the document's hash with the leaf, and
// verifies the cosignature of the node that made the bundle. Identity logs and signatures of documents are checked by
// other programs.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func fail(format string, args ...interface{}) {
	fmt.Fprintf(os.Stderr, "check: "+format+"\n", args...)
	os.Exit(1)
}

func must(err error) {
	if err != nil {
		fail("%v", err)
	}
}

type item struct {
	Document    json.RawMessage
	Recognition json.RawMessage
	Leaf        string
	Proof       string
	DidLog      string
}

type bundle struct {
	item
	Path       []item
	Anchor     string
	NodeDidLog string
}

type didDocument struct {
	ID                 string
	VerificationMethod []struct{ ID, PublicKeyMultibase string }
	Service            []struct{ ID, ServiceEndpoint string }
}

// newest is the DID document of the last entry.
func newest(log string) didDocument {
	lines := strings.Split(strings.TrimRight(log, "\n"), "\n")
	var entry struct{ State didDocument }
	must(json.Unmarshal([]byte(lines[len(lines)-1]), &entry))
	return entry.State
}

// key is the Ed25519 key of the method with this fragment.
func (d didDocument) key(fragment string) []byte {
	for _, method := range d.VerificationMethod {
		if !strings.HasSuffix(method.ID, "#"+fragment) {
			continue
		}
		number := new(big.Int)
		for _, c := range method.PublicKeyMultibase[1:] {
			digit := strings.IndexRune("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", c)
			if digit < 0 {
				fail("not base58: %s", method.PublicKeyMultibase)
			}
			number.Add(number.Mul(number, big.NewInt(58)), big.NewInt(int64(digit)))
		}
		raw := number.Bytes()
		if len(raw) != 34 || raw[0] != 0xed || raw[1] != 1 {
			fail("not an Ed25519 multikey: %s", method.PublicKeyMultibase)
		}
		return raw[2:]
	}
	fail("no #%s in %s", fragment, d.ID)
	return nil
}

func (d didDocument) scid() string { return strings.Split(d.ID, ":")[2] }

func (d didDocument) epoch() string {
	for _, service := range d.Service {
		if strings.HasSuffix(service.ID, "#feed") {
			return service.ServiceEndpoint[strings.LastIndex(service.ServiceEndpoint, "/")+1:]
		}
	}
	fail("no #feed in %s", d.ID)
	return ""
}

func keyID(name string, kind byte, key []byte) uint32 {
	sum := sha256.Sum256(append(append([]byte(name+"\n"), kind), key...))
	return binary.BigEndian.Uint32(sum[:4])
}

// cosigner verifies C2SP cosignature/v1 lines, which x/mod leaves to its users.
type cosigner struct {
	name string
	key  ed25519.PublicKey
	time uint64
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return keyID(c.name, 4, c.key) }
func (c *cosigner) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	c.time = binary.BigEndian.Uint64(sig)
	return ed25519.Verify(c.key, []byte(fmt.Sprintf("cosignature/v1\ntime %d\n%s", c.time, msg)), sig[8:])
}

func check(what string, one item, document json.RawMessage, node didDocument) {
	did := newest(one.DidLog)
	origin := "webvh/" + did.scid() + "/" + did.epoch()
	sign := did.key("sign")
	vkey := fmt.Sprintf("%s+%08x+%s", origin, keyID(origin, 1, sign),
		base64.StdEncoding.EncodeToString(append([]byte{1}, sign...)))
	log, err := note.NewVerifier(vkey)
	must(err)
	witness := &cosigner{name: "webvh/" + node.scid() + "/node", key: node.key("node")}

	// c2sp.org/tlog-proof@v1
	halves := strings.SplitN(one.Proof, "\n\n", 2)
	lines := strings.Split(halves[0], "\n")
	if len(halves) != 2 || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		fail("%s: not a tlog-proof", what)
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	must(err)
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := tlog.ParseHash(line)
		must(err)
		proof = append(proof, hash)
	}
	opened, err := note.Open([]byte(halves[1]), note.VerifierList(log, witness))
	must(err)
	if len(opened.Sigs) != 2 {
		fail("%s: %d of 2 signature lines verify", what, len(opened.Sigs))
	}
	text := strings.Split(opened.Text, "\n")
	if len(text) != 4 || text[0] != origin {
		fail("%s: not a checkpoint of %s", what, origin)
	}
	size, err := strconv.ParseInt(text[1], 10, 64)
	must(err)
	root, err := tlog.ParseHash(text[2])
	must(err)
	must(tlog.CheckRecord(proof, size, root, index, tlog.RecordHash([]byte(one.Leaf))))

	// The bundle is canonical JSON as a whole, so the document's bytes stand in it as they were signed.
	var leaf struct{ H, Op string }
	must(json.Unmarshal([]byte(one.Leaf), &leaf))
	sum := sha256.Sum256(bytes.TrimSpace(document))
	if leaf.Op != "put" || leaf.H != base64.RawURLEncoding.EncodeToString(sum[:]) {
		fail("%s: the leaf commits to another document", what)
	}
	fmt.Printf("%s: entry %d of %d in %s, seen at %d\n", what, index, size, origin, witness.time)
}

func main() {
	if len(os.Args) != 2 {
		fail("usage: check BUNDLE.json")
	}
	text, err := os.ReadFile(os.Args[1])
	must(err)
	var all bundle
	must(json.Unmarshal(text, &all))
	node := newest(all.NodeDidLog)
	check("document", all.item, all.Document, node)
	for i, step := range all.Path {
		check(fmt.Sprintf("path[%d]", i), step, step.Recognition, node)
	}
	first := all.item
	if len(all.Path) > 0 {
		first = all.Path[0]
	}
	if newest(first.DidLog).scid() != all.Anchor {
		fail("the path does not begin at the anchor")
	}
}
