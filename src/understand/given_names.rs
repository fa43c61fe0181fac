//! First names and surnames, so that "delete jane doe" names a person although nothing is written
//! with a capital.
//!
//! Protects "inventing a value is an error": a word that is also an everyday word or a place counts
//! as a name only before a surname.

use super::known;
use super::phrasebook::Words;

/// First names missing from the table of the census, short forms, and names of other countries.
static MORE: Words = Words::of(
    "abby|abdul|adele|agnieszka|ahmed|aisha|akira|alejandra|alejandro|alessandro|alexei|ali|aleksandr|alistair|\
    amir|amit|ana|anastasia|anders|andre|andreas|andrzej|anika|anil|anja|anjali|anke|annette|annika|anselm|\
    antje|anton|antonia|arjun|arne|arturo|arun|asha|astrid|axel|bao|bea|beate|ben|bernd|bettina|birgit|bjorn|\
    bob|boris|camila|carlo|carlos|catalina|cem|chen|chiara|chloe|christoph|claudio|conor|cristina|dan|daria|\
    dave|deb|deepak|dieter|diego|dimitri|dirk|dmitri|eduardo|ekaterina|elena|elif|emil|emilia|emma|emre|\
    enrique|eoin|esteban|etienne|eva|fabian|fatima|federico|felipe|fernando|filip|finn|florian|francesca|\
    francesco|francois|franz|freja|friedrich|gabriela|georg|gerd|giovanni|giulia|gonzalo|greta|guido|guillermo|\
    gunther|gustavo|hana|hanna|hannah|hannes|hans|harald|harry|hassan|heike|heinrich|helga|helmut|hendrik|\
    henrik|hiroshi|holger|hugo|ian|ibrahim|igor|imran|ines|ingrid|inga|ioana|isabella|ivan|jakob|jan|javier|\
    jen|jens|jess|jim|joao|jochen|joe|johann|johannes|jon|jonas|jorg|jorge|josef|joyce|juan|juergen|jurgen|\
    jutta|kai|karim|karin|karl|karsten|kate|katarina|katharina|katrin|kavya|kenji|kerstin|kevin|khalid|kiran|\
    klaus|krzysztof|kurt|lars|laszlo|laurent|lena|leo|leon|lea|leila|li|liam|linh|liz|lothar|luca|lucas|lucia|\
    luis|luisa|lukas|lutz|magda|magdalena|maja|manfred|manuel|marc|marco|mareike|mariana|marek|marta|martina|\
    mateo|matt|matteo|matthias|mei|mia|mick|miguel|mike|mikhail|milan|ming|mira|miriam|mohamed|mohammed|\
    monika|muhammad|nadia|nadja|natalia|natasha|neha|niall|nick|nicolas|nico|nikhil|nikolai|nils|nina|nora|\
    olaf|oleg|olga|oliver|oscar|pablo|padraig|paolo|pascal|patrik|pavel|pedro|peter|petra|philipp|pierre|\
    pilar|piotr|priya|raj|rahul|rainer|rajesh|ravi|rafael|ralf|raul|reinhard|ricardo|rohan|rolf|rui|\
    ruediger|sabine|sadia|sam|samir|sandeep|sanjay|santiago|sara|sean|sebastian|sergei|sergio|shreya|siobhan|\
    silke|silvia|simone|siva|sofia|sophia|sophie|stefan|stefanie|steffen|sunil|susanne|suresh|svetlana|sven|\
    tanja|tariq|tatiana|thiago|thorsten|till|tim|tobias|tom|tomas|torsten|ulrich|ulrike|ursula|uwe|valentina|\
    veronika|vijay|viktor|vikram|vladimir|volker|wei|werner|wilhelm|wolfgang|xavier|xin|yan|yara|yasmin|yuki|\
    yulia|yusuf|yves|zainab|zhang|zoe",
);

/// First names that are everyday words, places or months as well.
static AMBIGUOUS: Words = Words::of(
    "a|an|in|so|see|do|my|will|mark|may|grace|hope|art|bill|rose|april|june|august|faith|joy|dawn|drew|\
    chase|grant|frank|rich|long|young|love|king|major|dean|guy|gene|jack|rob|robin|pat|sue|carry|ray|rusty|\
    sandy|summer|autumn|ivy|olive|pearl|ruby|crystal|violet|iris|heather|daisy|lily|holly|penny|ginger|star|\
    earl|duke|prince|noble|royal|sterling|page|lane|wade|cliff|glen|dale|brook|forest|les|max|van|rod|\
    stone|chance|trinity|mercy|charity|constance|miles|harmony|melody|destiny|angel|precious|queen|kitty|\
    candy|cherry|brandy|sherry|mercedes|austin|dallas|houston|jackson|lincoln|madison|savannah|charlotte|\
    florence|sydney|paris|london|phoenix|orlando|virginia|carolina|georgia|dakota|montana|chelsea|brooklyn|\
    india|china|kenya|asia|america|israel|jordan|chad|francisco|santa|san|christian|ben|dale|norman|taylor|\
    marine|mason|carter|cooper|parker|hunter|porter|tyler|sawyer|gray|brown|white|green|black|rocky|\
    buddy|buster|sonny|junior|lucky|happy|honey|sunny|victoria|alexandria|adelaide|regina|helena|aurora|\
    eugene|fresno|kelly|tracy|stacy|lane|ash|basil|sage|jade|amber|dot|bob|mike|jan|li|yan|till|kai|bao|\
    trent|clay|pierre|lance|don|ken|gay|lee|ace|kim|milan|florian|christen|chi|ma|van|ion|lan|mi|su|val|vi|\
    leo|mora|page|tish|so|loan|many|were|else|particular|shin|shon|bea|fe|hue|evan|carol|tim|jean|gene",
);

/// Ambiguous words that are common enough as names to count alone when no other reading is at hand.
const STILL_NAMES: [&str; 14] =
    ["bob", "mike", "ben", "tim", "carol", "kelly", "tracy", "stacy", "ken", "lee", "kim", "leo", "evan", "jack"];

/// Whether `word` (as `words::normal` spells it) is a first name, and nothing else that people say.
pub(super) fn is_first_name(word: &str) -> bool {
    may_be_first_name(word) && (!AMBIGUOUS.contains(word) || STILL_NAMES.contains(&word))
}

/// Whether `word` is a first name, although it may be another word as well.
pub(super) fn may_be_first_name(word: &str) -> bool {
    known::is_first_name(word) || MORE.contains(word)
}

/// Whether `word` is a surname of the table.
pub(super) fn is_surname(word: &str) -> bool {
    known::is_surname(word)
}

/// Forms of address before a name.
pub(super) const ADDRESSES: [&str; 17] = [
    "dame",
    "lady",
    "dr",
    "mr",
    "mrs",
    "ms",
    "miss",
    "prof",
    "professor",
    "sir",
    "frau",
    "herr",
    "herrn",
    "mme",
    "monsieur",
    "madame",
    "senor",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyday_words_and_places_are_no_first_names_alone() {
        for word in ["jane", "bob", "maria", "wolfgang", "priya"] {
            assert!(is_first_name(word), "{word}");
        }
        for word in ["will", "may", "austin", "virginia", "page", "acme", "spring"] {
            assert!(!is_first_name(word), "{word}");
        }
        assert!(may_be_first_name("virginia") && is_surname("smith"));
    }
}
